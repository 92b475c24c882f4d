import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAcl, narrowedMode, UNKNOWN_ACL, withoutDefaults } from '../../../lib/tree/acl.js';
import { bytesOf } from '../../../lib/tree/bytes.js';
import { formatEntry, isSameLine, lineWithAcl, parseEntry } from '../../../lib/tree/entry-line.js';
import { entry } from '../restore/pieces.js';

/** Modes of stat(2), with ACLs, and the modes for files without these ACLs. */
const NARROWED: readonly (readonly [number, string, number])[] = [
  // In the mode, the mask takes the place of the group's bits, which are none here.
  [0o640, 'user::rw-,user:65534:r--,group::---,mask::r--,other::---', 0o600],
  [0o664, 'user::rw-,user:65534:rw-,group::r--,mask::rw-,other::r--', 0o644],
  // The mask also limits the group.
  [0o640, 'user::rw-,user:7:rwx,group::rwx,mask::r--,other::---', 0o640],
  // Without the ACL, a user that it excludes by name would have the rights of the group or of others.
  [0o644, 'user::rw-,user:65534:---,group::r--,mask::r--,other::r--', 0o600],
  [0o664, 'user::rw-,group::rw-,group:7:---,mask::rw-,other::r--', 0o660],
  [0o664, 'user::rw-,user:7:rwx,group::rw-,group:8:r--,mask::rw-,other::r--', 0o664],
  [0o604, 'user::rw-,user:7:r--,group::---,mask::---,other::r--', 0o600],
  // A default ACL alone does not concern the folder itself.
  [0o2775, 'user::rwx,group::rwx,other::r-x,default:user::rwx,default:user:7:rwx,default:group::---', 0o2775],
  [0o4755, UNKNOWN_ACL, 0o4700],
];

test('the mode for a file without its ACL allows nobody more than the mode and the ACL did', () => {
  for (const [mode, acl, expected] of NARROWED)
    assert.equal(narrowedMode(mode, acl).toString(8), expected.toString(8), acl);
});

test('only the text of an ACL is accepted as one: it becomes an argument of setfacl', () => {
  for (const [, acl] of NARROWED) assert.ok(isAcl(acl), acl);
  for (const text of ['', 'user::rw-,', 'user:root:rw-', 'u::rw-', 'user::rw', '-x', 'user::rw-\n', 7, null])
    assert.ok(!isAcl(text), JSON.stringify(text));
  assert.ok(!isAcl(Array(20_000).fill('user:1:rwx').join(',')));
  assert.equal(withoutDefaults('user::rwx,default:user::rwx,other::---'), 'user::rwx,other::---');
});

test('a line of a tree may have an ACL, and one that cannot be parsed counts as unknown', () => {
  const names = { membersOf: () => '' };
  const plain = entry('a "folder"/');
  const acl = 'user::rwx,user:7:r-x,group::---,mask::r-x,other::---';
  const line = formatEntry(plain, names);
  assert.deepEqual(parseEntry(line), plain);
  assert.deepEqual(parseEntry(lineWithAcl(line, acl)), { ...plain, acl });
  assert.equal(formatEntry({ ...plain, acl }, names), lineWithAcl(line, acl));
  assert.deepEqual(parseEntry(line.replace('}', ',"acl":["of a later version"]}')), {
    ...plain,
    acl: UNKNOWN_ACL,
  });
});

test('a line counts as unchanged with or without an ACL, but not with an unknown one', () => {
  const line = formatEntry(entry('a'), { membersOf: () => '' });
  const other = formatEntry({ ...entry('a'), key: bytesOf('b') }, { membersOf: () => '' });
  const acl = 'user::rw-,user:7:r--,group::---,mask::r--,other::---';
  assert.ok(isSameLine(line, line));
  assert.ok(isSameLine(lineWithAcl(line, acl), line));
  assert.ok(!isSameLine(lineWithAcl(line, UNKNOWN_ACL), line));
  assert.ok(!isSameLine(lineWithAcl(other, acl), line));
  assert.ok(!isSameLine(other, line));
});
