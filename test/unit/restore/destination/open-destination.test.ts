import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectDestination, makeDestination } from '../../../../lib/restore/destination/open-destination.js';

const RIGHTS = { overwrites: false, trustsDestination: true };

test('a new destination is for its owner alone, and an existing one keeps its mode', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'destination-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  const made = join(folder, 'above/made');
  makeDestination(inspectDestination(made, RIGHTS));
  assert.deepEqual([made, join(folder, 'above')].map(modeOf), [
    '700',
    (0o777 & ~process.umask()).toString(8),
  ]);
  const there = join(folder, 'there');
  mkdirSync(there);
  chmodSync(there, 0o751);
  makeDestination(inspectDestination(there, RIGHTS));
  assert.equal(modeOf(there), '751');
});

test('a folder that somebody else puts in its place after the inspection is not used as the destination', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'destination-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const planted of ['folder', 'link', 'above']) {
    const path = join(folder, planted, 'to');
    const destination = inspectDestination(planted === 'above' ? path : join(folder, planted), RIGHTS);
    if (planted === 'link') symlinkSync(tmpdir(), join(folder, planted));
    else mkdirSync(join(folder, planted));
    assert.throws(() => makeDestination(destination), /can't be written to: it exists already\./, planted);
  }
});
