import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCli, awsClis } from '../s3-server/aws-clis.js';
import { loaded } from '../s3-server/loaded-aws.js';
import { slowProfile, World } from './world.js';

/** The processes, other than the command under test, that have the world's bucket in their command line. */
function awsProcesses(world: World): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`s3://${world.bucket}/`)
      );
    } catch {
      return false;
    }
  });
}

function hasOpen(pid: string, file: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === file);
  } catch {
    return false;
  }
}

/** A world in which uploads start the AWS CLI as a user's do, and the other calls use the loaded one. */
function worldOf(name: string, cli: AwsCli, atEnd: (remove: () => void) => void): World {
  const world = new World(name, loaded(cli), atEnd);
  const program = join(world.folder, 'programs/aws');
  const [itself, other] = [cli, loaded(cli)].map(({ directory }) => `exec '${join(directory, 'aws')}' "$@"`);
  const script = `#!/bin/sh\ncase "$*" in *' s3 sync '* | *--recursive*) ${itself};; esac\n${other}\n`;
  writeFileSync(program, script, { mode: 0o755 });
  return world;
}

describe('SIGTERM', () => {
  const clis = awsClis();
  for (const cli of clis) {
    const assertSigtermEndsRun = async (world: World) => {
      world.write('big', randomBytes(40 * 1024 * 1024));
      const before = await world.versions();
      const args = [world.configFile];
      const run = world.start('encrypted-s3-sync', args, { environment: slowProfile(world, '1MB/s') });
      while (!awsProcesses(world).some((pid) => hasOpen(pid, `${world.source}/big`))) {
        assert.equal(run.child.exitCode, null, 'It ended before the upload began.');
        await sleep(200);
      }
      assert.notEqual(spawnSync('flock', ['-n', world.lock, 'true']).status, 0);

      const start = Date.now();
      run.child.kill('SIGTERM');
      assert.deepEqual(await run.outcome, { code: 143, stdout: '', stderr: '' });
      assert.ok(Date.now() - start < 5000, `${Date.now() - start} ms`);
      assert.deepEqual(awsProcesses(world), []);
      assert.equal(spawnSync('flock', ['-n', world.lock, 'true']).status, 0);
      assert.equal(existsSync(`${world.lock}.lock`), false);
      assert.deepEqual(await world.versions(), before);
    };

    test(`SIGTERM ends encrypted-s3-sync and its aws during a first upload, and frees the lock, with AWS CLI ${cli.version}`, async (t) => {
      const world = worldOf('signals', cli, (remove) => t.after(remove));
      world.config();
      await world.makeBucket();
      await assertSigtermEndsRun(world);
    });

    if (cli !== clis.at(-1)) continue;
    test(`SIGTERM ends encrypted-s3-sync and its aws during an upload by name, and frees the lock, with AWS CLI ${cli.version}`, async (t) => {
      const world = worldOf('signals-later', cli, (remove) => t.after(remove));
      world.config();
      world.write('small', 'x');
      assert.equal((await world.sync()).code, 0);
      await assertSigtermEndsRun(world);
      assert.equal((await world.sync()).code, 0);
      await world.assertStored();
    });
  }
});
