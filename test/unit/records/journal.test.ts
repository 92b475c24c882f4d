import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Journal, readUnfinished } from '../../../lib/records/journal.js';
import { flatten } from '../../../lib/tree/streams/batches.js';

async function beginJournal(t: TestContext): Promise<{ folder: string; journal: Journal; pass: number }> {
  const parent = mkdtempSync(join(tmpdir(), 'journal-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'unfinished');
  const journal = new Journal(folder, ['last', 'own']);
  await journal.begin();
  return { folder, journal, pass: journal.nextPass() };
}

/** The paths that the next run finds in the journal, for each pass that has sent something. */
async function found(folder: string): Promise<string[][]> {
  const passes: string[][] = [];
  for (const pass of readUnfinished(folder, 'last')?.passes() ?? []) {
    const lines: string[] = [];
    for await (const line of flatten(pass)) lines.push(line);
    if (lines.length > 0) passes.push(lines);
  }
  return passes;
}

describe('the journal of a run that did not end', () => {
  test('the journal has the outcome of each batch, in the order of the batches', async (t) => {
    const { folder, journal, pass } = await beginJournal(t);
    journal.add(pass, 2, ['c', 'd']);
    journal.add(pass, 1, ['a', 'b']);
    assert.deepEqual(await found(folder), [['a', 'b', 'c', 'd']]);
  });

  test('the journal lists the sent files of an unfinished batch in the order of the batch', async (t) => {
    const { folder, journal, pass } = await beginJournal(t);
    journal.add(pass, 1, ['a']);
    journal.note(pass, 2, 11, 'e');
    journal.note(pass, 2, 2, 'd, as it was at first');
    journal.note(pass, 2, 0, 'b');
    journal.note(pass, 2, 2, 'd');
    journal.add(pass, 3, ['f']);
    assert.deepEqual(await found(folder), [['a', 'b', 'd', 'e', 'f']]);
  });

  test('a line that was cut off when the run was killed is left out', async (t) => {
    const { folder, journal, pass } = await beginJournal(t);
    journal.note(pass, 1, 0, 'a');
    const [notes = ''] = readdirSync(folder).filter((name) => name.endsWith('.notes'));
    appendFileSync(join(folder, notes), '1\tb, but not al');
    assert.deepEqual(await found(folder), [['a']]);
  });

  test('the journal drops the single files of a batch when the batch has ended', async (t) => {
    const { folder, journal, pass } = await beginJournal(t);
    journal.note(pass, 1, 0, 'sent, but changed meanwhile');
    journal.add(pass, 1, ['failed']);
    assert.deepEqual(await found(folder), [['failed']]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.notes')),
      [],
    );
    journal.end();
    assert.equal(readUnfinished(folder, 'last'), undefined);
  });

  test('the journal does not count if another run has ended since', async (t) => {
    const { folder, journal, pass } = await beginJournal(t);
    journal.add(pass, 1, ['a']);
    for (const run of ['last', 'own']) assert.equal(readUnfinished(folder, run)?.passes().length, 2);
    for (const other of ['later', undefined]) assert.deepEqual(readUnfinished(folder, other)?.passes(), []);
  });
});
