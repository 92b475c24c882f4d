// After a run that was killed during its upload, the next run sends only the rest.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsCli } from '../s3-server/aws-clis.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World } from './world.js';
import { SYNC, UPLOAD_OF_LINKS, wrapAws } from './wrapped-aws.js';

const FILES = 600;
/** The AWS CLI never sends the files whose names end in a 9. */
const UNSENT = FILES / 10;
/** The batches after the first, which are sent in parallel. */
const BATCHES = 4;
/** A timeout in milliseconds. A correct run takes seconds. */
const PATIENCE = 300_000;
/** The size of the first batch, which is sent whole. */
const FIRST_BATCH = 10;

function writeFiles(world: World): void {
  for (let index = 0; index < FILES; index += 1)
    world.write(`folder/${`${index}`.padStart(5, '0')}`, `content of ${index}`);
}

/** Installs an AWS CLI that sends most of the files, and then hangs until it is killed. */
function stuckAws(world: World, cli: AwsCli): { unwrap: () => void; pids: () => number[] } {
  const folder = join(world.folder, 'stuck');
  mkdirSync(folder);
  const unwrap = wrapAws(
    world,
    cli,
    `stuck=
if ${SYNC}; then stuck=yes; set -- "$@" --exclude '*9'; fi
if ${UPLOAD_OF_LINKS} && [ "$(find "$links" -type l | wc -l)" -gt ${FIRST_BATCH} ]; then
  stuck=yes
  find "$links" -type l -name '*9' -exec rm {} +
fi`,
    `if [ -n "$stuck" ]; then : > "${folder}/$$"; exec sleep 1000; fi`,
  );
  return { unwrap, pids: () => readdirSync(folder).map(Number) };
}

/** How many files the run has noted as sent. */
function noted(world: World): number {
  const state = join(world.folder, '.local/state');
  const files = existsSync(state) ? readdirSync(state, { recursive: true, encoding: 'utf8' }) : [];
  return files
    .filter((file) => /\/unfinished\/pass-/.test(file) && !file.endsWith('.new'))
    .reduce((sum, file) => sum + linesIn(join(state, file)), 0);
}

/** The number of lines; 0 if the run has just removed the file. */
function linesIn(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

/** Starts a backup, and kills the run and its AWS CLIs as soon as `isTime`. */
async function runAndKill(world: World, cli: AwsCli, isTime: (stuck: number) => boolean): Promise<void> {
  const aws = stuckAws(world, cli);
  const run = world.start('encrypted-s3-sync', [world.configFile]);
  const deadline = Date.now() + PATIENCE;
  try {
    while (!isTime(aws.pids().length)) {
      assert.ok(Date.now() < deadline, `It does not get there: ${world.takeSyslog()}`);
      assert.equal(run.child.exitCode, null, `It ended by itself: ${world.takeSyslog()}`);
      await sleep(50);
    }
  } finally {
    run.child.kill('SIGKILL');
    for (const pid of aws.pids()) process.kill(pid, 'SIGKILL');
    aws.unwrap();
  }
  await run.outcome;
}

async function assertSentOnce(world: World): Promise<void> {
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  const versions = (await world.versions()).filter(({ Key }) => Key.startsWith('pc/docs/folder/'));
  assert.equal(new Set(versions.map(({ Key }) => Key)).size, FILES);
  assert.equal(versions.length, FILES, 'Some were sent twice.');
  await world.assertStored();
}

describe('the run after one that was killed during its upload', {
  concurrency: 2,
}, () => {
  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`a run sends only the rest of a killed first run, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('first-killed', cli, (remove) => t.after(remove));
      await world.makeBucket();
      writeFiles(world);
      world.config();
      await runAndKill(world, cli, (stuck) => stuck === 1);
      assert.equal(Object.keys(await world.current()).length, FILES - UNSENT);
      world.takeSyslog();
      await assertSentOnce(world);
      const log = world.takeSyslog();
      assert.match(log, /This is a full run: there is no record of a last run\./);
      assert.match(log, new RegExp(`Transferred ${UNSENT} files`));
    });
  }

  for (const cli of loadedAwsClis()) {
    test(`a run sends only the rest of a killed later run with parallel batches, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('later-killed', cli, (remove) => t.after(remove));
      world.write('before', 'x');
      world.config({ UPLOAD_PROCESSES: `${BATCHES}` });
      assert.equal((await world.sync()).code, 0);
      writeFiles(world);
      // The first batch, which is sent whole, has one of the unsent files.
      const left = UNSENT - 1;
      await runAndKill(world, cli, (stuck) => stuck === BATCHES && noted(world) === FILES - left);
      assert.equal(Object.keys(await world.current()).length, FILES - left + 1);
      world.takeSyslog();
      await assertSentOnce(world);
      const log = world.takeSyslog();
      assert.match(log, /This is a full run: the last run did not end\./);
      assert.match(log, new RegExp(`Transferred ${left} files`));
    });
  }
});
