import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Knowledge, readNotes } from '../../../lib/backup/draft.js';
import { takeStock } from '../../../lib/backup/scan.js';
import { nothing, singly } from '../../../lib/tree/batches.js';
import { Spool } from '../../../lib/tree/spool.js';

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'stock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What is known of each file that no tree has. */
async function knowledgeIn(localDir: string, folder: string, lastEnded: number | undefined) {
  const notes = new Spool(join(folder, `notes-${lastEnded}`));
  const options = { localDir, followSymlinks: false, isExcluded: () => false, lastEnded };
  await takeStock(options, nothing(), notes, () => undefined);
  const found: Record<string, Knowledge> = {};
  for await (const noted of singly(readNotes(notes)))
    if ('knowledge' in noted && noted.entry.type === 'file') found[noted.key] = noted.knowledge;
  return found;
}

test('a file that came since the last run has been there since it, or a folder above it, has changed', async (t) => {
  const folder = makeFolder(t);
  const source = join(folder, 'source');
  mkdirSync(join(source, 'd'), { recursive: true });
  writeFileSync(join(source, 'd/f'), '');
  writeFileSync(join(source, 'g'), '');
  const changed = (path: string) => Number(statSync(join(source, path), { bigint: true }).ctimeNs) / 1e6;
  while (changed('d') <= changed('d/f')) {
    renameSync(join(source, 'd'), join(source, 'e'));
    renameSync(join(source, 'e'), join(source, 'd'));
  }
  const since = (time: number) => ({ since: time });
  assert.deepEqual(await knowledgeIn(source, folder, undefined), {
    'd/f': since(changed('d/f')),
    g: since(changed('g')),
  });
  const before = Math.min(changed('d/f'), changed('g')) - 1;
  const found = await knowledgeIn(source, folder, before);
  assert.ok(Math.abs((found['d/f'] as { since: number }).since - changed('d')) < 0.01);
  assert.deepEqual(found['g'], since(changed('g')));
  assert.deepEqual(await knowledgeIn(source, folder, Date.now() + 1000), { 'd/f': 'moved', g: 'moved' });
});
