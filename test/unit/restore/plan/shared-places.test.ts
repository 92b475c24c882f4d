import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { detectFolding } from '../../../../lib/restore/destination/folded-names.js';
import type { FetchMethod, PlannedFile } from '../../../../lib/restore/plan/planned-file.js';
import { fetchSharedSingly, findFoldedNames } from '../../../../lib/restore/plan/shared-places.js';
import { PreviewCounts } from '../../../../lib/restore/plan/what-is-replaced.js';
import type { RestoreSurvey } from '../../../../lib/restore/survey.js';
import { bytesOf, textOf } from '../../../../lib/tree/bytes.js';
import { flatten } from '../../../../lib/tree/streams/batches.js';
import { readJson, Spool } from '../../../../lib/tree/streams/spool.js';
import { entry, spoolOf, temporaryFolder } from '../pieces.js';

const lower = (path: string) => path.toLowerCase();
/** The folding of a file system that ignores case. */
const detectCase = () => ({ fold: lower, isSamePlace: () => true });

/** The folding that `detectFolding` finds, on a file system that tells all names apart, when it tries these folds. */
function foldingOf(t: TestContext, ...folds: ((path: string) => string)[]) {
  const folder = temporaryFolder(t);
  const foldings = folds.map((fold) => ({ name: 'x', alias: 'x', fold }));
  const found = detectFolding(folder, [...foldings, { name: 'y', alias: 'z', fold: () => 'all' }]);
  assert.deepEqual(readdirSync(folder), []);
  // In fact, the file system tells all names apart.
  if (found !== undefined) assert.equal(found.isSamePlace('d/A', 'd/a'), false);
  return found;
}

function surveyOf(t: TestContext, files: Readonly<Record<string, FetchMethod>>): RestoreSurvey {
  const lines = Object.entries(files).map(([key, method], index): PlannedFile => {
    const wanted = { size: 1, lastModified: 0, isCurrent: true };
    return { key: bytesOf(key), wanted, index, method };
  });
  for (const it of [entry('D/'), entry('LINK', {}, 'x'), entry('d/'), entry('gone')])
    lines.push({ key: it.key, index: lines.length, method: 'not listed', entry: it });
  const counts = {
    'in bulk': 0,
    singly: 0,
    'there already': 0,
    kept: 0,
    folder: 0,
    unsafe: 0,
    'not wanted': 0,
    undecided: 0,
    'not listed': 0,
  };
  for (const { method } of lines) counts[method] += 1;
  return {
    tree: undefined,
    backupsBelow: [],
    plan: spoolOf(temporaryFolder(t), 'plan', lines),
    totals: {
      counts,
      files: Object.keys(files).length,
      bytes: 0,
      download: 0,
      entries: 0,
      preview: new PreviewCounts(),
      since: { overwritten: 0, deleted: 0, added: 0 },
    },
  };
}

test('on a file system that tells all names apart, no file is fetched singly for its name', async (t) => {
  assert.equal(detectFolding(temporaryFolder(t)), undefined);
  assert.equal(await findFoldedNames(surveyOf(t, { a: 'in bulk' }), temporaryFolder(t)), undefined);
});

test('a trial shows what a file system does to names, and leaves nothing behind', (t) => {
  assert.equal(foldingOf(t), undefined);
  const fold = foldingOf(t, lower, (path) => path.replaceAll('x', ''));
  assert.equal(fold?.fold('AxB'), 'ab');
});

test('files that share a place with another file, folder or link are fetched singly, and others are not', async (t) => {
  const survey = surveyOf(t, {
    'A.txt': 'in bulk',
    'a.txt': 'in bulk',
    'b.txt': 'in bulk',
    'd/A': 'in bulk',
    'D/a': 'there already',
    link: 'in bulk',
    GONE: 'in bulk',
    'NOT-WANTED': 'not wanted',
    'not-wanted': 'in bulk',
  });
  const names = await findFoldedNames(survey, temporaryFolder(t), detectCase);
  assert.ok(names !== undefined);
  const notes = temporaryFolder(t);
  const { plan, totals } = await fetchSharedSingly(survey, names, notes);
  assert.ok(plan instanceof Spool);
  const methods: Record<string, string> = {};
  for await (const { key, method } of flatten(readJson<PlannedFile>(plan)))
    if (method !== 'not listed') methods[textOf(key)] = method;
  assert.deepEqual(methods, {
    'A.txt': 'singly',
    'D/a': 'there already',
    GONE: 'in bulk',
    'NOT-WANTED': 'not wanted',
    'a.txt': 'singly',
    'b.txt': 'in bulk',
    'd/A': 'singly',
    link: 'singly',
    'not-wanted': 'in bulk',
  });
  assert.deepEqual([totals.counts['in bulk'], totals.counts.singly], [3, 4]);
  assert.deepEqual(
    ['D/', 'd/', 'D', 'LINK', 'gone'].map((key) => names.isShared(bytesOf(key))),
    [true, true, true, true, false],
  );
});

test('if a trial name or folder cannot be made, each place is checked, since the file system may fold names', (t) => {
  const folder = temporaryFolder(t);
  const tooLong = { name: 'x'.repeat(256), alias: 'y', fold: (path: string) => path.toLowerCase() };
  assert.equal(detectFolding(folder, [tooLong])?.fold('A'), 'a');
  assert.deepEqual(readdirSync(folder), []);
  // As on a full disk.
  assert.equal(detectFolding(`${folder}/none`, [tooLong])?.isSamePlace('A', 'a'), true);
});
