import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf } from '../../../../lib/tree/bytes.js';
import { FileSystems } from '../../../../lib/tree/disk/file-systems.js';
import { fileIdOf, inodeOf } from '../../../../lib/tree/disk/inode.js';
import { formatEntry, isSameLine, parseEntry } from '../../../../lib/tree/entry-line.js';

const NAMES = { membersOf: () => '' };

test('a tree notes the allocated size of a file with large holes, and not of other files', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'inode-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'file');
  const inode = () => inodeOf(lstatSync(file, { bigint: true }));
  writeFileSync(file, 'x'.repeat(5000));
  assert.ok(!('allocated' in inode()));
  truncateSync(file, 1 << 20);
  assert.ok(!('allocated' in inode()));
  truncateSync(file, 100 << 20);
  const sparse = inode();
  assert.equal(sparse.allocated, 8192);
  const line = formatEntry({ key: bytesOf('file'), type: 'file', inode: sparse }, NAMES);
  assert.deepEqual(parseEntry(line)?.inode, sparse);
  // The line of an earlier version of this program.
  const before = line.replace(',"allocated":8192', '');
  assert.equal(parseEntry(before)?.inode.allocated, undefined);
  assert.equal(isSameLine(before, line), false);
});

test('a ctime may prove nothing on each file system of which it is not known that it is true', () => {
  const files = new FileSystems('/sys');
  const id = fileIdOf(statSync('/sys', { bigint: true }));
  assert.equal(files.lacksCtime(id), false);
  assert.equal(files.mayLackCtime(id), true);
});
