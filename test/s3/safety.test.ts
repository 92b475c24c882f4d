// The property of test/property, with the real AWS CLI and server: random changes, read faults and kills at random
// times lose no file, and the next clean run ends with the bucket equal to the disk.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { filesOnDisk, isReallyGone } from '../property/disk.js';
import { Random } from '../property/random.js';
import { change, makeReadable } from '../property/random-change.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World, withKey } from './world.js';

const CASES = 20;
const SEED = Number(process.env['SAFETY_SEED'] ?? Date.now() % 2 ** 31);
const ALLOWED = ['--allow-mass-delete', '--wait', '20'];

/** Kills the command, or the AWS CLI that it runs, some time from now. */
async function killLater(random: Random, world: World, pid: number): Promise<void> {
  const target = random.pick(['the command', 'aws', 'nothing'] as const);
  await sleep(random.below(2500));
  const pids = target === 'aws' ? awsOf(world) : target === 'nothing' ? [] : [pid];
  for (const it of pids) {
    try {
      process.kill(it, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/** What runs with the world's bucket in its arguments. */
function awsOf(world: World): number[] {
  return readdirSync('/proc')
    .filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(world.bucket);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The current objects below the prefix, with the MD5 that this server has for their entity tag. */
async function stored(world: World): Promise<Map<string, string>> {
  const current = (await world.versions()).filter(
    ({ IsLatest, Size, Key }) => IsLatest && Size !== undefined && Key.startsWith('pc/docs/'),
  );
  return new Map(
    current.map(({ Key, ETag = '' }) => [Key.slice('pc/docs/'.length), ETag.replaceAll('"', '')]),
  );
}

/** What the record says to be in the backup. */
async function recorded(world: World): Promise<string[]> {
  const url = world.url('backup.info/runs/pc/docs/tree.ndjson.gz');
  const file = `${world.folder}/tree`;
  await world.awsSucceeds('s3', 'cp', url, file, ...withKey(world.key));
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { path: string; type?: string });
  return entries.filter(({ type }) => type === 'file').map(({ path }) => path);
}

describe(`no file is lost (seed ${SEED})`, { concurrency: 2 }, () => {
  for (const [index, cli] of loadedAwsClis().entries()) {
    test(`with AWS CLI ${cli.version}`, async (t) => {
      const random = new Random(SEED + index);
      const world = new World('safety', cli, (remove) => t.after(remove));
      world.config();
      const { source } = world;
      for (let count = 0; count < 5; count += 1) change(source, random);
      makeReadable(source);
      const first = await world.sync();
      assert.equal(first.code, 0, first.stderr);
      let before = await stored(world);
      for (let number = 0; number < CASES / loadedAwsClis().length; number += 1) {
        change(source, random);
        const run = world.start('encrypted-s3-sync', [...ALLOWED, world.configFile], {
          through: WITHOUT_ROOTS_RIGHTS,
        });
        await killLater(random, world, run.child.pid ?? 0);
        const outcome = await run.outcome;
        const where = `case ${number}, exit code ${outcome.code}, ${outcome.stderr}`;
        assert.doesNotMatch(outcome.stderr, /defect/);
        const assertNothingLost = (now: ReadonlyMap<string, string>) => {
          for (const path of before.keys())
            assert.ok(now.has(path) || isReallyGone(source, path, false), `lost: ${path}; ${where}`);
        };
        let now = await stored(world);
        assertNothingLost(now);
        makeReadable(source);
        // A run that went well is the clean one itself.
        if (outcome.code !== 0) {
          const clean = await world.run('encrypted-s3-sync', [...ALLOWED, world.configFile]);
          assert.equal(clean.code, 0, `${clean.stderr}; ${where}`);
          now = await stored(world);
          assertNothingLost(now);
        }
        const files = filesOnDisk(source, false);
        for (const [path, content] of files)
          assert.equal(now.get(path), createHash('md5').update(content).digest('hex'), `${path}; ${where}`);
        for (const path of now.keys())
          assert.ok(files.has(path) || !isReallyGone(source, path, false), `not deleted: ${path}; ${where}`);
        assert.deepEqual((await recorded(world)).sort(), [...files.keys()].sort(), where);
        before = now;
      }
    });
  }
});
