import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { parseListing } from '../../../lib/aws/listing.js';
import { textOf } from '../../../lib/tree/bytes.js';
import { flatten } from '../../../lib/tree/streams/batches.js';

const line = (key: string) => `${key}\t1\t2026-01-01T00:00:00+00:00\t"e"\n`;

async function parsed(text: string, prefix = 'p/'): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of flatten(parseListing(Readable.from([Buffer.from(text)]), prefix)))
    keys.push(textOf(key));
  return keys;
}

test('keys are decoded, whether a space is encoded as + or as %20', async () => {
  const text = [line('p%2Fa%20b%0Ac'), line('p/a%2Bb+c'), line('p/%C3%BC%F0%9F%98%80'), 'None\n'].join('');
  assert.deepEqual(await parsed(text), ['a b\nc', 'a+b c', 'ü😀']);
  assert.deepEqual(await parsed('None\n'), []);
  assert.deepEqual(await parsed(''), []);
});

test('below an empty prefix, the listing leaves out backup.info/', async () => {
  assert.deepEqual(await parsed(line('a') + line('backup.info/key/data') + line('backup.information'), ''), [
    'a',
    'backup.information',
  ]);
});

test('a listing that is malformed or not in order is refused', async () => {
  for (const text of [line('p/b') + line('p/a'), line('q/a'), 'p/a\tmany\tx\ty\n', 'An error\n'])
    await assert.rejects(parsed(text), /listing is not what S3 would send/);
});
