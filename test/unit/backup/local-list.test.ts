import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredObject } from '../../../lib/aws/listing.js';
import { listText } from '../../../lib/backup/local-list.js';
import { bytesOf } from '../../../lib/tree/bytes.js';

async function text(...objects: StoredObject[]): Promise<string> {
  async function* batches() {
    yield objects;
  }
  let all = '';
  for await (const piece of listText(batches(), 'pc/docs/')) all += piece;
  return all;
}

function stored(key: string, size: number): StoredObject {
  return { key: bytesOf(key), size, lastModified: new Date(2026, 0, 2, 3, 4, 5).toISOString(), etag: '"e"' };
}

test('an object is a line in local time, as `aws s3 ls` prints it', async () => {
  assert.equal(
    await text(stored('a b', 7), stored('grün', 12_345_678_901)),
    `2026-01-02 03:04:05          7 pc/docs/a b
2026-01-02 03:04:05 12345678901 pc/docs/grün

Total Objects: 2
   Total Size: 12345678908
`,
  );
  assert.equal(await text(), '\nTotal Objects: 0\n   Total Size: 0\n');
});

test('a name makes no line of its own, and does nothing to a terminal', async () => {
  const lines = (await text(stored('x\nroot2::0:0:::\n#', 1), stored('\x1b[2J\r\x7f\u009b', 1))).split('\n');
  assert.match(lines[0] ?? '', / pc\/docs\/x\\nroot2::0:0:::\\n#$/);
  assert.match(lines[1] ?? '', / pc\/docs\/\\x1b\[2J\\x0d\\x7f\\x9b$/);
  assert.equal(lines.length, 6);
});
