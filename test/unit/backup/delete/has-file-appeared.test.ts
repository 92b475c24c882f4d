import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hasFileAppeared } from '../../../../lib/backup/delete/has-file-appeared.js';
import type { DraftLine } from '../../../../lib/backup/scan/draft.js';
import { Interruption } from '../../../../lib/cli/signals/interruption.js';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { FileSystems } from '../../../../lib/tree/disk/file-systems.js';
import { walk } from '../../../../lib/tree/disk/walk.js';
import { formatEntry, type OwnerNames } from '../../../../lib/tree/entry-line.js';
import { type Batches, flatten } from '../../../../lib/tree/streams/batches.js';
import { NO_EXCLUSION } from '../../../fakes/exclusions.js';

const NO_NAMES: OwnerNames = { membersOf: () => '' };

/**
 * Scans a folder of two files, `a` and `b`, changes it, and calls `hasFileAppeared` on it.
 * @param isInScan whether the scan finds a key
 * @param maxKeyLength of the second walk: 0 makes each file an obstacle
 */
async function scanAndWalkAgain(
  t: TestContext,
  change: (path: (name: string) => string) => void,
  isInScan: (key: string) => boolean = () => true,
  maxKeyLength = 1024,
): Promise<{ hasAppeared: boolean; hasLastingInodes: boolean }> {
  const localDir = mkdtempSync(join(tmpdir(), 'second-walk-'));
  t.after(() => rmSync(localDir, { recursive: true }));
  const path = (name: string) => join(localDir, name);
  for (const name of ['a', 'b']) writeFileSync(path(name), name);
  const fileSystems = new FileSystems(localDir);
  const options = { followSymlinks: false, exclusion: NO_EXCLUSION, maxKeyLength: 1024, fileSystems };
  const lines: DraftLine[] = [];
  for await (const entry of flatten(walk(bytesOf(localDir), options)))
    if (entry.type === 'file' && isInScan(entry.key)) {
      const line = formatEntry(entry, NO_NAMES);
      lines.push({ key: entry.key, state: 'unchanged', id: entry.id ?? '', unchangedSince: 0, line });
    }
  change(path);
  async function* draft(): Batches<DraftLine> {
    yield lines;
  }
  const backup = { localDir, interruption: new Interruption(), ...options, maxKeyLength };
  return {
    hasAppeared: await hasFileAppeared(backup, draft()),
    hasLastingInodes: fileSystems.hasLastingNumbers(localDir),
  };
}

test('a file that the scan saw has not appeared, even if it was written to or removed since', async (t) => {
  const { hasAppeared } = await scanAndWalkAgain(t, (path) => {
    appendFileSync(path('a'), 'more');
    rmSync(path('b'));
  });
  assert.equal(hasAppeared, false);
});

test('a file whose name the scan did not see has appeared', async (t) => {
  const { hasAppeared } = await scanAndWalkAgain(t, (path) => writeFileSync(path('c'), 'c'));
  assert.equal(hasAppeared, true);
});

test('a file under the name of another one has appeared where the file system tells them apart', async (t) => {
  // As if the file were renamed after the scan had passed `a` and before it reached `b`.
  const rename = (path: (name: string) => string) => renameSync(path('b'), path('a'));
  const { hasAppeared, hasLastingInodes } = await scanAndWalkAgain(t, rename, (key) => key === 'a');
  assert.equal(hasAppeared, hasLastingInodes);
});

test('a file that became unreadable has not appeared if it is provably the one of the scan', async (t) => {
  const chmod = (path: (name: string) => string) => chmodSync(path('a'), 0);
  const { hasAppeared, hasLastingInodes } = await scanAndWalkAgain(t, chmod, undefined, 0);
  assert.equal(hasAppeared, !hasLastingInodes);
});

test('an unreadable file under the name of another one has appeared', async (t) => {
  const rename = (path: (name: string) => string) => renameSync(path('b'), path('a'));
  const { hasAppeared } = await scanAndWalkAgain(t, rename, undefined, 0);
  assert.equal(hasAppeared, true);
});
