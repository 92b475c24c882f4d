// Restores under attack by keys and links, or interrupted by a kill.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { entriesOf } from './entries.js';
import { RestoreWorld } from './restore-world.js';
import { contentsOf, newKey } from './world.js';

const STAGE = '.encrypted-s3-restore-';

describe('encrypted-s3-download-dir', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`a restore writes nothing outside the destination, whatever keys the bucket has, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('hostile', cli, (remove) => t.after(remove));
      world.config();
      for (const name of ['a/b', 'ok', 'to-link/inside', 'replaced']) world.write(name, `good ${name}`);
      for (let number = 0; number < 8; number += 1) world.write(`more/${number}`, `${number}`);
      await world.backUp();
      const good = entriesOf(world.source);
      const hostile = [
        '../escaped',
        '/absolute',
        'a//b',
        'a/./b',
        'a/../b',
        'x/../../escaped',
        '..',
        'more/',
        'ok/in-file',
      ];
      for (const key of [...hostile, `long/${'n'.repeat(256)}`]) await world.put(`pc/docs/${key}`, 'bad');
      await world.put('pc/docs/other key', 'unreadable', newKey());

      const { code, stderr, to } = await world.restore();
      assert.equal(code, 3, stderr);
      const named = stderr
        .split('\n')
        .flatMap((line) => /^ERROR: "(.*)" is not restored: /.exec(line)?.[1] ?? []);
      assert.deepEqual(named.sort(), [...hostile, `long/${'n'.repeat(256)}`, 'other key'].sort());
      assert.match(stderr, /ERROR: "other key" is not restored: it was stored with another encryption key\./);
      assert.deepEqual(entriesOf(to), good);
      assert.ok(!existsSync(join(world.folder, 'escaped')) && !existsSync('/absolute'));

      // The restore must not follow a link in the destination that leads out of it.
      const outside = join(world.folder, 'outside');
      mkdirSync(outside);
      rmSync(join(to, 'to-link'), { recursive: true });
      symlinkSync(outside, join(to, 'to-link'));
      rmSync(join(to, 'replaced'));
      symlinkSync(join(outside, 'file'), join(to, 'replaced'));
      const again = await world.run('encrypted-s3-download-dir', [
        '--config',
        world.configFile,
        '--overwrite',
        to,
      ]);
      assert.equal(again.code, 3);
      assert.match(again.stderr, /"to-link\/inside" is not restored: a link is at ".*\/to-link"\./);
      assert.deepEqual(readdirSync(outside), []);
      assert.equal(readFileSync(join(to, 'replaced'), 'utf8'), 'good replaced');
      assert.equal(readlinkSync(join(to, 'to-link')), outside);
    });
  }

  for (const cli of loadedAwsClis()) {
    test(`a restore writes nothing through a link that takes the place of the destination, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('led', cli, (remove) => t.after(remove));
      world.config();
      for (let number = 0; number < 20; number += 1) world.write(`d/${number}`, `${number}`);
      // The name is too long for the bulk download.
      world.write('x'.repeat(250), 'by itself');
      await world.backUp();
      const [to, moved, outside] = ['restored-1', 'moved', 'outside'].map((it) => join(world.folder, it));
      mkdirSync(`${outside}`);
      writeFileSync(
        join(world.folder, 'programs/aws'),
        `#!/bin/sh
        case "$*" in *" s3 "*" s3://${world.bucket}/pc/docs/"*)
          mkdir "${moved}" && mv -T "${to}" "${moved}" && ln -s "${outside}" "${to}";;
        esac
        exec "${cli.directory}/aws" "$@"`,
        { mode: 0o755 },
      );
      const { code, stderr } = await world.restore();
      assert.equal(code, 0, stderr);
      assert.deepEqual(readdirSync(`${outside}`), []);
      assert.deepEqual(entriesOf(`${moved}`), entriesOf(world.source));
    });
  }

  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`a killed restore leaves no partial file, and the next one completes it, with AWS CLI ${cli.version}`, async (t) => {
      const world = new RestoreWorld('killed', cli, (remove) => t.after(remove));
      world.config();
      for (let number = 0; number < 40; number += 1)
        world.write(`d${number % 5}/${number}`, `${number}`.repeat(50_000));
      await world.backUp();
      const wanted = entriesOf(world.source);
      const to = join(world.folder, 'to');
      const arrived = () => {
        try {
          const stage = readdirSync(to).find((name) => name.startsWith(STAGE)) ?? '';
          return readdirSync(join(to, stage, 'bulk'), { recursive: true }).length;
        } catch {
          return 0; // The stage does not exist yet, or no longer.
        }
      };
      const placed = () => existsSync(to) && readdirSync(to).some((name) => !name.startsWith(STAGE));
      for (const isReached of [() => existsSync(to), () => arrived() > 5, () => arrived() > 25, placed]) {
        const { child, outcome } = world.start('encrypted-s3-download-dir', [
          '--config',
          world.configFile,
          '--overwrite',
          to,
        ]);
        while (!isReached() && child.exitCode === null) await delay(2);
        child.kill('SIGKILL');
        await outcome;
        // The AWS CLI may still write to the stage.
        for (const folder of readdirSync(to).filter((name) => !name.startsWith(STAGE))) {
          const stored = contentsOf(join(world.source, folder));
          for (const [path, it] of Object.entries(contentsOf(join(to, folder))))
            assert.equal(it, stored[path]);
        }
      }
      chmodSync(to, 0o755);
      const { code, stderr } = await world.run('encrypted-s3-download-dir', [
        '--config',
        world.configFile,
        '--overwrite',
        to,
      ]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(entriesOf(to), wanted);
    });
  }
});
