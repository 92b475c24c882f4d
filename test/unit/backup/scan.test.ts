import assert from 'node:assert/strict';
import {
  appendFileSync,
  type BigIntStats,
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Backup } from '../../../lib/backup/backup.js';
import { isFile, readDraft } from '../../../lib/backup/scan/draft.js';
import { scanLocalDir } from '../../../lib/backup/scan.js';
import type { Log } from '../../../lib/cli/log/log.js';
import { Interruption } from '../../../lib/cli/signals/interruption.js';
import { FileSystems } from '../../../lib/tree/disk/file-systems.js';
import type { Inode } from '../../../lib/tree/entry.js';
import { type Batches, emptyStream, flatten } from '../../../lib/tree/streams/batches.js';
import { Spool } from '../../../lib/tree/streams/spool.js';
import type { OpenedTree, TreeLine } from '../../../lib/tree/tree-file.js';
import { NO_EXCLUSION } from '../../fakes/exclusions.js';

const EMPTY_TREE = (): OpenedTree<TreeLine> => ({
  runId: 'r',
  started: '',
  root: '/',
  entries: emptyStream(),
});

/** The parts of a backup that a scan needs. */
function backupOf(t: TestContext): Backup {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const localDir = join(folder, 'source');
  mkdirSync(localDir);
  const descriptor = openSync(localDir, 'r');
  t.after(() => closeSync(descriptor));
  let names = 0;
  const backup: Partial<Backup> = {
    compareContent: false,
    localDir,
    localDirDescriptor: descriptor,
    followSymlinks: false,
    fileSystems: new FileSystems(localDir),
    exclusion: NO_EXCLUSION,
    isExcluded: () => false,
    interruption: new Interruption(),
    log: { progress: () => undefined } as unknown as Log,
    header: { runId: 'r', started: '2026-01-01T00:00:00Z', root: localDir },
    state: {
      runFolder: folder,
      ownFolders: [],
      treeCopy: undefined,
      history: undefined,
      journal: undefined,
      givenWarnings: undefined,
      remove: () => undefined,
    },
    spool: (name) => {
      names += 1;
      return new Spool(join(folder, `${name}-${names}`));
    },
  };
  return backup as Backup;
}

/** The time since which each file is unchanged (ms since the epoch). */
async function unchangedSince(
  backup: Backup,
  tree: OpenedTree<TreeLine> | undefined,
): Promise<Record<string, number>> {
  const { draft } = await scanLocalDir(backup, tree);
  const found: Record<string, number> = {};
  for await (const line of flatten(readDraft(draft))) if (isFile(line)) found[line.key] = line.unchangedSince;
  return found;
}

test('a file is unchanged since its own ctime, or since that of a folder above it if there is a tree of the last run', async (t) => {
  const backup = backupOf(t);
  const path = (name: string) => join(backup.localDir, name);
  mkdirSync(path('d'));
  writeFileSync(path('d/f'), '');
  writeFileSync(path('g'), '');
  const changed = (name: string) => Number(statSync(path(name), { bigint: true }).ctimeNs) / 1e6;
  while (changed('d') <= changed('d/f')) {
    renameSync(path('d'), path('e'));
    renameSync(path('e'), path('d'));
  }
  assert.deepEqual(await unchangedSince(backup, undefined), { 'd/f': changed('d/f'), g: changed('g') });
  const found = await unchangedSince(backup, EMPTY_TREE());
  assert.ok(Math.abs((found['d/f'] ?? 0) - changed('d')) < 0.01);
  assert.equal(found['g'], changed('g'));
});

/**
 * Scans twice, with `between` in between. @returns the states of the files in the second scan
 * @param after the backup of the second scan
 */
async function rescan(backup: Backup, between: () => void, after = backup): Promise<Record<string, string>> {
  const first = await scanLocalDir(backup, EMPTY_TREE());
  const lines: TreeLine[] = [];
  for await (const { key, line } of flatten(readDraft(first.draft))) lines.push({ key, line });
  between();
  async function* entries(): Batches<TreeLine> {
    yield lines;
  }
  const { draft } = await scanLocalDir(after, { ...EMPTY_TREE(), entries: entries() });
  const states: Record<string, string> = {};
  for await (const line of flatten(readDraft(draft))) states[line.key] = line.state;
  return states;
}

/** A file system without true ctimes, like FAT or FUSE. */
class WithoutCtime extends FileSystems {
  override lacksCtime(): boolean {
    return true;
  }

  override mayLackCtime(): boolean {
    return true;
  }

  override inodeOf(stats: BigIntStats, path: string | Buffer): Inode {
    return { ...super.inodeOf(stats, path), ctime: `${stats.mtimeNs}` };
  }
}

test('a ctime that moves makes a file due, unless ctimes prove nothing there', async (t) => {
  for (const hasCtime of [true, false]) {
    const backup = backupOf(t);
    const path = join(backup.localDir, 'f');
    writeFileSync(path, 'f');
    writeFileSync(join(backup.localDir, 'g'), 'g');
    const fileSystems = hasCtime ? backup.fileSystems : new WithoutCtime(backup.localDir);
    const before = statSync(path, { bigint: true }).ctimeNs;
    const states = await rescan({ ...backup, fileSystems }, () => {
      while (statSync(path, { bigint: true }).ctimeNs === before) chmodSync(path, 0o644);
      appendFileSync(join(backup.localDir, 'g'), 'more');
    });
    assert.deepEqual(states, { f: hasCtime ? 'due' : 'unchanged', g: 'due' });
  }
});

test('COMPARE_CONTENT finds a changed file that kept its size and times, where a ctime proves nothing', async (t) => {
  for (const compareContent of [false, true]) {
    const backup = backupOf(t);
    const time = new Date('2020-01-01');
    const write = (name: string, content: string) => {
      writeFileSync(join(backup.localDir, name), content);
      utimesSync(join(backup.localDir, name), time, time);
    };
    for (const name of ['f', 'g', 'h']) write(name, 'before');
    const fileSystems = new WithoutCtime(backup.localDir);
    const states = await rescan({ ...backup, compareContent, fileSystems }, () => {
      write('f', 'after!');
      write('g', 'before');
    });
    assert.deepEqual(states, { f: compareContent ? 'due' : 'unchanged', g: 'unchanged', h: 'unchanged' });
  }
});

test('a file that COMPARE_CONTENT has not read before is due once, since nothing proves its content', async (t) => {
  const backup = backupOf(t);
  writeFileSync(join(backup.localDir, 'f'), 'content');
  const without = { ...backup, fileSystems: new WithoutCtime(backup.localDir) };
  const comparing = { ...without, compareContent: true };
  const nothing = () => undefined;
  assert.deepEqual(await rescan(without, nothing, comparing), { f: 'due' });
  assert.deepEqual(await rescan(comparing, nothing), { f: 'unchanged' });
  assert.deepEqual(await rescan(comparing, nothing, without), { f: 'unchanged' });
});

test('a ctime that an earlier run has noted makes no file due where ctimes prove nothing', async (t) => {
  const backup = backupOf(t);
  writeFileSync(join(backup.localDir, 'f'), 'content');
  utimesSync(join(backup.localDir, 'f'), new Date('2020-01-01'), new Date('2020-01-01'));
  const without = { ...backup, fileSystems: new WithoutCtime(backup.localDir) };
  assert.deepEqual(await rescan(backup, () => undefined, without), { f: 'unchanged' });
});
