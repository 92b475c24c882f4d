// No system call touches an excluded path, since it may be a mount that hangs.
import assert from 'node:assert/strict';
import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIsExcluded } from '../../../../lib/backup/source/is-excluded.js';
import { SourceExclusion } from '../../../../lib/backup/source/source-exclusion.js';
import { walkSource } from '../../../../lib/backup/source/walk-source.js';
import { Interruption } from '../../../../lib/cli/signals/interruption.js';
import { describeExcluded } from '../../../../lib/commands/dry-run-excluded.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { FileSystems } from '../../../../lib/tree/disk/file-systems.js';
import { flatten } from '../../../../lib/tree/streams/batches.js';
import { Spool } from '../../../../lib/tree/streams/spool.js';

const CALLS = [
  'lstatSync',
  'statSync',
  'accessSync',
  'readdirSync',
  'openSync',
  'readlinkSync',
  'existsSync',
] as const;

/** Records the paths of all system calls from now on. */
function recordPaths(): string[] {
  const paths: string[] = [];
  const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of CALLS) {
    const original = calls[name] ?? assert.fail(name);
    calls[name] = (...args) => {
      paths.push(String(args[0]));
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  return paths;
}

test('an excluded folder and an excluded file are not touched, nor is a mount in them by a dry run', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'untouched-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const localDir = join(folder, 'source');
  for (const name of ['', 'in', 'hung', 'hung/deep', 'out']) mkdirSync(join(localDir, name));
  for (const name of ['in/x', 'hung/deep/y', 'f.tmp', 'out/z']) writeFileSync(join(localDir, name), name);
  const exclude = ['hung/*', '*.tmp', 'out/*'];
  const exclusion = new SourceExclusion(
    { exclude, excludeCaches: true, excludeIfPresent: '.no', excludeLargerThan: 9, oneFileSystem: true },
    { localDir, device: fs.statSync(localDir, { bigint: true }).dev, ownFolders: [] },
  );
  const excluded = new Spool(join(folder, 'excluded'));
  const interruption = new Interruption();
  const fileSystems = new FileSystems(localDir);
  const options = { followSymlinks: true, exclusion, maxKeyLength: 1024, fileSystems };
  const source = { localDir, interruption, ...options };
  const paths = recordPaths();
  const keys: string[] = [];
  for await (const { key } of flatten(
    walkSource(source, (key, rule) => excluded.write(JSON.stringify({ key, rule }))),
  ))
    keys.push(key);
  assert.deepEqual(keys, ['in/', 'in/x']);
  const isExcluded = createIsExcluded(exclusion, bytesOf(localDir), true);
  for (const key of ['f.tmp', 'hung/deep/y', 'hung/gone']) assert.ok(isExcluded(bytesOf(key)));
  const touched = () => paths.filter((path) => /hung|f\.tmp|out/.test(path.slice(folder.length)));
  assert.ok(paths.length > 0);
  assert.deepEqual(touched(), []);
  excluded.close();
  const rules: string[] = [];
  const mounts = new Set([bytesOf(join(localDir, 'hung'))]);
  for await (const rule of describeExcluded(source, excluded, mounts)) rules.push(rule);
  assert.deepEqual(rules.sort(), [
    "0 files, 0 bytes, and 1 mount not entered (EXCLUDE 'hung/*')",
    "1 file, 5 bytes (EXCLUDE '*.tmp')",
    "1 file, 5 bytes (EXCLUDE 'out/*')",
  ]);
  assert.ok(!touched().some((path) => path.includes('hung')));
});
