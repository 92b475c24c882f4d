// An error that concerns one file stops no other upload, even if that file comes first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

/** The call that sends the first file alone, without a stage of links. */
const ALONE = '*" s3 cp /proc/"*';

/** A script with the AWS CLI's message about a failed upload. */
function failing(why: string): string {
  return `echo 'upload failed: fd/20 to s3://test-bucket/pc/docs/x ${why}' >&2; exit 1`;
}

for (const why of [
  'An error occurred (KeyTooLongError) when calling the PutObject operation: Your key is too long',
  'An error occurred (EntityTooLarge) when calling the PutObject operation: Too large',
  '[Errno 5] Input/output error',
]) {
  test(`one file that fails stops no other, and the exit code is 3, for "${why}"`, async (t) => {
    const world = new BucketWorld(t);
    world.write('stays', 'x');
    assert.equal((await world.sync()).code, 0);
    world.write('a\nb', 'x');
    for (let index = 0; index < 20; index += 1) world.write(`later/${index}`, 'x');
    world.onCall(ALONE, failing(why));
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /a\\nb" is not in the backup as it is: its upload failed: /);
    assert.equal(world.stored().length, 21);
  });
}

test('a run whose first files all fail for one reason ends with exit code 1 and does not try the rest', async (t) => {
  const world = new BucketWorld(t);
  world.write('stays', 'x');
  assert.equal((await world.sync()).code, 0);
  world.write('a\nb', 'x');
  for (let index = 0; index < 300; index += 1) world.write(`later/${index}`, 'x');
  const why = 'An error occurred (QuotaExceeded) when calling the PutObject operation: x';
  const paths = `links=; for it; do case "$it" in */links*) links=$it;; esac; done
[ -z "$links" ] && echo x || find "$links" -type l -printf '%P\n'`;
  world.onCall(
    '*" s3 cp /"*" s3://test-bucket/pc/docs/"*',
    `{ ${paths}; } | while read -r it; do echo "upload failed: x to s3://test-bucket/pc/docs/$it ${why}" >&2; done; exit 1`,
  );
  const before = world.bucket.versions().length;
  const { code, stderr } = await world.sync();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /QuotaExceeded/);
  assert.deepEqual(world.changesSince(before), []);
});
