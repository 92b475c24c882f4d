// Files that do not arrive in bulk, and what can't be known of an older time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { s3Error } from '../fakes/replies.js';
import { entriesOf } from '../s3/entries.js';
import { PREFIX } from './bucket-world.js';
import { RestoreWorld } from './restore-world.js';

/** More than may fail in a row. */
const COUNT = 130;
/** The download in bulk. */
const BULK = `*" s3 sync s3://test-bucket/${PREFIX} "*`;

async function backUpMany(world: RestoreWorld): Promise<void> {
  for (let number = 0; number < COUNT; number += 1) world.write(`${number}`, `${number}`);
  await world.backUp();
}

test('whatever keeps files out of the bulk, all of them are fetched singly', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  // As with a destination that keeps no times, where the AWS CLI's files can't be told from others.
  world.onCall(
    BULK,
    `${world.aws}; for it; do case "$it" in /proc/*) find "$it" -type f -exec touch -d 2001-01-01 {} +; esac; done; exit 0`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.equal(world.fetched().length, COUNT + 1);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('objects that were archived and are readable again come in bulk', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  // The AWS CLI does not look whether they are.
  world.onCall(BULK, 'case "$*" in *--force-glacier-transfer*) ;; *) exit 2;; esac');
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['*']);
});

test('after a hundred failures in a row, the others are not tried, and all are named', async (t) => {
  const world = new RestoreWorld(t);
  await backUpMany(world);
  const words = s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid.').trim();
  world.onCall(
    `${BULK}|*" s3 cp s3://test-bucket/${PREFIX}"*`,
    `echo 'download failed: ${words}' >&2; exit 1`,
  );
  const { code, stderr } = await world.restore();
  assert.equal(code, 1, stderr);
  const tried = world.fetched().length - 1;
  assert.ok(tried >= 100 && tried < COUNT, `${tried}`);
  assert.match(stderr, /ERROR: "0" is not restored: .*The operation is not valid\.\n/);
  assert.match(stderr, /ERROR: … and 30 more; syslog names them all\.\nERROR: None of the files/);
  const last = world.syslog().filter((line) => line.includes('"99" is not restored'));
  assert.match(
    `${last}`,
    /it did not arrive, and 100 files before it have failed in a row, so that it was not tried again\./,
  );
});
