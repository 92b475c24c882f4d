import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { parseListing } from '../../../lib/aws/listing.js';
import { textOf } from '../../../lib/tree/bytes.js';
import { flatten } from '../../../lib/tree/streams/batches.js';
import { objectsPage } from '../../fakes/listings.js';

const line = (key: string) => objectsPage([key, 1, '2026-01-01T00:00:00+00:00', '"e"']);

async function parsed(text: string, prefix = 'p/'): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of flatten(parseListing(Readable.from([Buffer.from(text)]), prefix)))
    keys.push(textOf(key));
  return keys;
}

test('keys are what the AWS CLI prints: it has decoded those that the server encoded', async () => {
  const keys = ['100%25.txt', 'a b\nc', 'a+b\tc', 'ü😀'];
  const text = [...keys.map((key) => line(`p/${key}`)), 'null\n'].join('');
  assert.deepEqual(await parsed(text), keys);
  // Python escapes characters in this way.
  assert.deepEqual(await parsed('[["p/\\u00fc\\ud83d\\ude00",1,"x","y"]]\n'), ['ü😀']);
  assert.deepEqual(await parsed('null\n'), []);
  assert.deepEqual(await parsed(''), []);
});

test('below an empty prefix, the listing leaves out backup.info/', async () => {
  assert.deepEqual(await parsed(line('a') + line('backup.info/key/data') + line('backup.information'), ''), [
    'a',
    'backup.information',
  ]);
});

test('a listing that is malformed or not in order is refused', async () => {
  for (const text of [
    line('p/b') + line('p/a'),
    line('q/a'),
    '["p/a","many","x","y"]\n',
    'An error\n',
    '{}\n',
  ])
    await assert.rejects(parsed(text), /listing is not what S3 would send/);
});
