// The output of --json has exactly the members that docs/schemas describes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { EASY_KEY } from '../fakes/sandbox.js';
import type { BucketWorld } from './bucket-world.js';
import { ask, threeRuns } from './history-world.js';

const FOLDER = fileURLToPath(new URL('../../../docs/schemas', import.meta.url));
const PLACE = ['default', 'eu-central-1', 'test-bucket'];

/** Forbids members that a schema does not describe, so that the test finds incomplete schemas. */
function forbidOtherMembers(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forbidOtherMembers);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, forbidOtherMembers(value)]),
  );
  return members['type'] === 'object' ? { ...members, unevaluatedProperties: false } : members;
}

function schemas(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false });
  for (const name of readdirSync(FOLDER))
    ajv.addSchema(forbidOtherMembers(JSON.parse(readFileSync(join(FOLDER, name), 'utf8'))) as object);
  return ajv;
}

function check(name: string, values: readonly unknown[]): void {
  const validate = schemas().getSchema(`${name}.schema.json`) as ValidateFunction;
  for (const value of values)
    assert.ok(
      validate(value),
      `${name}: ${JSON.stringify(value)}: ${JSON.stringify(validate.errors, undefined, 2)}`,
    );
}

async function lines(world: BucketWorld, ...words: string[]): Promise<unknown[]> {
  const printed = (await ask(world, ...words, '--json')).map((line) => JSON.parse(line));
  assert.ok(printed.length > 0);
  return printed;
}

/** The world of `threeRuns`, with a name that is not UTF-8 and an escrowed key. */
async function awkwardWorld(t: TestContext): Promise<BucketWorld> {
  const world = await threeRuns(t);
  const input = `\n${EASY_KEY}\n\nyes\n`;
  assert.equal((await world.run('encrypted-s3-upload-key', [world.configFile], { input })).code, 0);
  return world;
}

test('the output of runs, ls, find and diff matches its schema', async (t) => {
  const world = await threeRuns(t);
  check('runs', await lines(world, 'runs'));
  check('ls', await lines(world, 'ls', '--recursive'));
  check('find', await lines(world, 'find', '*'));
  check('find', await lines(world, 'find', '--all', '*'));
  check('diff', await lines(world, 'diff', '2 days ago'));
  check('diff', await lines(world, 'diff', '2 days ago', '--stat'));
});

test('the output of status matches its schema, for a backup and for a bucket', async (t) => {
  const world = await awkwardWorld(t);
  const [status] = await lines(world, 'status');
  check('status', [status]);
  assert.match((status as { escrow: { stored: string } }).escrow.stored, /Z$/);
  const bucket = ['status', '--json', '--bucket', ...PLACE];
  for (const [words, input] of [
    [[], ''],
    [['--escrow'], `${EASY_KEY}\n`],
    [['--config', world.configFile], ''],
  ] as const) {
    const { code, stdout } = await world.run('encrypted-s3', [...bucket, ...words], { input });
    assert.equal(code, 0);
    const shown = JSON.parse(stdout) as { backups: { lastRun: string }[] };
    check('bucket-status', [shown]);
    assert.match(shown.backups[0]?.lastRun ?? '', /Z$/);
  }
  world.config({ REMOTE_DIR_PREFIX: 'nothing' });
  const { stdout } = await world.runUnprivileged('encrypted-s3', ['status', '--json', world.configFile]);
  check('status', [JSON.parse(stdout)]);
});

test('the output of doctor matches its schema, for a backup and for a config that is wrong', async (t) => {
  const world = await threeRuns(t);
  for (const settings of [{}, { AWS_RETENTION_DAYS: 'many' }]) {
    world.config(settings);
    const { stdout } = await world.runUnprivileged('encrypted-s3', ['doctor', '--json', world.configFile]);
    check('doctor', [JSON.parse(stdout)]);
  }
});

test('the output of sync and list-versions matches its schema', async (t) => {
  const world = await threeRuns(t);
  check('sync', [JSON.parse((await world.sync(['--json'])).stdout)]);
  world.remove('a');
  check('sync', [JSON.parse((await world.sync(['--json'])).stdout)]);
  check('list-versions', await lines(world, 'list-versions'));
});

test('a schema refuses what it does not describe', () => {
  for (const [name, value] of [
    ['ls', { path: 'a' }],
    ['ls', { format: 'encrypted-s3-backup ls', version: 2 }],
    ['sync', { format: 'encrypted-s3-backup run', version: 1, more: 1 }],
    ['list-versions', {}],
  ] as const)
    assert.throws(() => check(name, [value]), assert.AssertionError);
});
