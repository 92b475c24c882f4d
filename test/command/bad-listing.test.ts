import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { BucketWorld, PREFIX } from './bucket-world.js';

const LISTING = '*list-objects-v2*--query*';
const line = (key: string) => `[["${key}",1,"2026-01-01T00:00:00+00:00","e"]]\\n`;

const BAD: Readonly<Record<string, string>> = {
  'that is not JSON': 'What?\\n',
  'in the wrong order': line(`${PREFIX}b`) + line(`${PREFIX}a`),
  'of another prefix': line('other/a'),
};

for (const [what, text] of Object.entries(BAD)) {
  test(`a listing ${what} ends the run with exit code 1, without a change in the bucket`, async (t) => {
    const world = new BucketWorld(t);
    world.write('a', 'a');
    assert.equal((await world.sync()).code, 0);
    world.onCall(LISTING, `printf '${text}'; exit 0`);
    const count = world.bucket.versions().length;
    for (const flags of [[], ['--dry-run']]) {
      const { code, stderr } = await world.sync(flags);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /ERROR: The server's listing is not what S3 would send/);
    }
    // If the AWS CLI was killed in mid-line, the message says so instead.
    world.onCall(LISTING, `printf '${text}["pc/doc'; kill -9 $$`);
    const { code, stderr } = await world.sync();
    assert.equal(code, 1, stderr);
    assert.match(stderr, /ERROR: aws CLI command failed; .*list-objects-v2: aws was ended by SIGKILL/);
    assert.deepEqual(world.bucket.versions().slice(count), []);
    assert.deepEqual(readdirSync(world.stateFolder), ['tree.ndjson.gz']);
    assert.deepEqual(readdirSync(world.tmp), []);
    assert.ok(!existsSync(`${world.lock}.lock`));
  });
}

test('a run whose listing a signal cuts off in mid-line exits with the code of the signal, and blames no listing', async (t) => {
  const world = new BucketWorld(t);
  world.write('a', 'a');
  assert.equal((await world.sync()).code, 0);
  world.onCall(LISTING, "printf '[\"pc/doc'; kill -TERM $PPID; sleep 10");
  const { code, stderr } = await world.sync();
  assert.deepEqual([code, stderr], [143, '']);
  assert.ok(!existsSync(`${world.lock}.lock`));
});
