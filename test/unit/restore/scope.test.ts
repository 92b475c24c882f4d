import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import type { BackupConfig } from '../../../lib/config/backup-config.js';
import { parseSource } from '../../../lib/restore/scope.js';

const CONFIG = {
  profile: 'profile',
  region: 'region',
  bucket: 'bucket',
  localDir: '/home/user',
  prefix: 'pc/docs/',
} as BackupConfig;

/** URLs, with the bucket and prefix that they name. */
const URLS: readonly [string, string, string][] = [
  ['s3://b', 'b', ''],
  ['s3://b/', 'b', ''],
  ['s3://b/x', 'b', 'x/'],
  ['s3://b/x/', 'b', 'x/'],
  ['s3://b/x/y z', 'b', 'x/y z/'],
  ['s3://b//x', 'b', '/x/'],
  ['s3://b/new\nline/', 'b', 'new\nline/'],
];

for (const [url, bucket, prefix] of URLS) {
  test(`${JSON.stringify(url)} names the prefix ${JSON.stringify(prefix)} of bucket ${bucket}`, () => {
    const expected = { profile: 'p', region: 'r', bucket, prefix, backupPrefix: prefix, destination: 'to' };
    assert.deepEqual(parseSource(['p', 'r', url, 'to'], undefined), expected);
    assert.deepEqual(parseSource(['p', 'r', url, 'to'], CONFIG), expected);
  });
}

for (const url of ['', 'b/x', 's3://', 's3:///x', 's3:b', 'https://b.s3.amazonaws.com/x', ' s3://b']) {
  test(`${JSON.stringify(url)} is refused, since it names no folder in a bucket`, () => {
    assert.throws(() => parseSource(['p', 'r', url, 'to'], undefined), /does not name a folder in a bucket/);
  });
}

/** Folders of the backup, with their prefixes in it. */
const FOLDERS: readonly [string, string][] = [
  ['', ''],
  ['.', ''],
  ['./', ''],
  ['./.', ''],
  ['letters', 'letters/'],
  ['letters/', 'letters/'],
  ['./letters', 'letters/'],
  ['letters//old/.', 'letters/old/'],
  ['letters/../notes', 'notes/'],
  ['..letters', '..letters/'],
  ['.hidden', '.hidden/'],
  ['/home/user', ''],
  ['/home/user/', ''],
  ['/home/user/letters', 'letters/'],
  ['/home/user/letters/', 'letters/'],
  ['/home/user/../user/letters', 'letters/'],
];

for (const [folder, below] of FOLDERS) {
  test(`the folder ${JSON.stringify(folder)} has the prefix ${JSON.stringify(below)} in its backup`, () => {
    assert.deepEqual(parseSource([folder, 'to'], CONFIG), {
      profile: 'profile',
      region: 'region',
      bucket: 'bucket',
      prefix: `pc/docs/${below}`,
      backupPrefix: 'pc/docs/',
      destination: 'to',
    });
  });
}

test('no folder means all of a backup, with and without a prefix', () => {
  assert.deepEqual(parseSource(['to'], CONFIG), parseSource(['.', 'to'], CONFIG));
  const { prefix, backupPrefix } = parseSource(['x', 'to'], { ...CONFIG, prefix: '' });
  assert.deepEqual([prefix, backupPrefix], ['x/', '']);
});

for (const folder of ['..', '../', '../user2', 'letters/../..', '/home', '/home/user2', '/', '/etc/passwd']) {
  test(`${folder} is refused, since it is not in LOCAL_DIR`, () => {
    assert.throws(() => parseSource([folder, 'to'], CONFIG), /is not in LOCAL_DIR "\/home\/user"/);
  });
}

test('any other number of arguments is refused', () => {
  for (const count of [0, 1, 2, 3, 5]) {
    const words = Array.from({ length: count }, () => 's3://b/x');
    assert.throws(() => parseSource(words, undefined), BackupError, `${count} without a config`);
    if (count === 1 || count === 2) continue;
    assert.throws(() => parseSource(words, CONFIG), /With --config, a destination is needed/);
  }
});
