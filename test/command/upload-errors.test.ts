// Failed uploads: which ones are tried again, which are named, and which end the run.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BucketWorld, PREFIX, RECORD } from './bucket-world.js';

const said = (code: string, message = 'S3 says so.') =>
  `An error occurred (${code}) when calling the PutObject operation (reached max retries: 4): ${message}`;

/** A backup of one file, and new files that are sent by name. */
async function worldWith(t: TestContext, paths: readonly string[]): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.write('stays', 'stays');
  assert.equal((await world.sync()).code, 0);
  for (const path of paths) world.write(path, path);
  return world;
}

/** How often the run tried to upload a file. */
const tries = (world: BucketWorld, path: string) =>
  world.faults.puts.filter((key) => key === PREFIX + path).length;
const triesOfAll = (world: BucketWorld) => world.faults.puts.filter((key) => key.startsWith(PREFIX)).length;

for (const [words, why] of [
  [said('EntityTooLarge'), /EntityTooLarge/],
  [said('AccessDenied'), /AccessDenied/],
  [said('QuotaExceeded'), /QuotaExceeded/],
  // A disk with a bad block.
  ['[Errno 5] Input/output error', /Input\/output error/],
] as const) {
  test(`a file whose error will not pass (${why.source}) is tried once and named, and stops nothing`, async (t) => {
    const world = await worldWith(t, ['a', 'bad', 'z']);
    world.faults.failPut(`${PREFIX}bad`, words);
    const { code, stderr } = await world.sync();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /ERROR: ".*\/source\/bad" is not in the backup as it is: its upload failed: /);
    assert.match(stderr, why);
    assert.equal(stderr.match(/ERROR/g)?.length, 1);
    assert.equal(tries(world, 'bad'), 1);
    assert.deepEqual(world.stored(), ['a', 'stays', 'z']);
    // The next run tries it again.
    world.faults.failPut(`${PREFIX}bad`, words, 0);
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(
      world.faults.puts.filter((key) => key.startsWith(PREFIX)),
      [`${PREFIX}bad`],
    );
  });
}

for (const error of ['SlowDown', 'InternalError', '503']) {
  test(`a file whose error may pass (${error}) is tried three times`, async (t) => {
    const world = await worldWith(t, ['a', 'bad', 'z']);
    world.faults.failPut(`${PREFIX}bad`, said(error), 2);
    const passed = await world.sync();
    assert.deepEqual([passed.code, tries(world, 'bad'), triesOfAll(world)], [0, 3, 5], passed.stderr);

    world.write('bad', 'changed');
    world.faults.failPut(`${PREFIX}bad`, said(error));
    const { code, stderr } = await world.sync();
    assert.deepEqual([code, tries(world, 'bad')], [3, 3], stderr);
    assert.match(stderr, new RegExp(`source/bad" is not in the backup as it is: .*\\(${error}\\)`));
    assert.equal(world.current(`${PREFIX}bad`).body.toString(), 'bad');
  });
}

const MANY = Array.from({ length: 25 }, (_, number) => `f${`${number}`.padStart(2, '0')}`);

test('a run in which the first ten files fail for one reason ends before it tries more', async (t) => {
  for (const [error, hint] of [
    ['AccessDenied', /HINT: The profile's user needs s3:PutObject, .*IAM permissions/],
    ['QuotaExceeded', /HINT: The server's quota or disk is full/],
  ] as const) {
    const world = await worldWith(t, MANY);
    const record = world.current(RECORD);
    for (const path of MANY) world.faults.failPut(PREFIX + path, said(error, 'Access Denied'));
    const { code, stderr } = await world.sync();
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`ERROR: aws CLI command failed; aborting! aws s3 cp: .*\\(${error}\\)`));
    assert.match(stderr, hint);
    assert.deepEqual(
      world.faults.puts,
      MANY.slice(0, 10).map((path) => PREFIX + path),
    );
    assert.equal(world.current(RECORD), record);
  }
});

test('a run in which the first ten files fail for two reasons tries the others', async (t) => {
  const world = await worldWith(t, MANY);
  for (const [at, path] of MANY.slice(0, 10).entries())
    world.faults.failPut(PREFIX + path, said(at === 3 ? 'EntityTooLarge' : 'AccessDenied'));
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.equal(triesOfAll(world), MANY.length);
  assert.deepEqual(world.stored(), [...MANY.slice(10), 'stays']);
});

test('credentials that expire in the middle of the upload end the run, and the next one continues', async (t) => {
  const world = await worldWith(t, MANY);
  const record = world.current(RECORD);
  for (const path of MANY.slice(12)) world.faults.failPut(PREFIX + path, said('ExpiredToken'));
  const { code, stderr } = await world.sync();
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /ExpiredToken.*\n.*HINT: S3 does not accept the profile's credentials\. Enter new ones/,
  );
  assert.equal(world.current(RECORD), record);
  for (const path of MANY) world.faults.failPut(PREFIX + path, '', 0);
  assert.equal((await world.sync()).code, 0);
  for (const path of MANY.slice(0, 10)) assert.equal(tries(world, path), 0, path);
  assert.deepEqual(world.stored(), [...MANY, 'stays']);
});

test("files whose names are ambiguous in the AWS CLI's output are sent singly", async (t) => {
  const odd = ['a\nb', 'd\re', 'f\x1b[2J', 'g\u2028h', 'i\x85j'];
  const world = await worldWith(t, [...odd, 'c to s3:', 'z']);
  const refused = odd[1] ?? '';
  world.faults.failPut(PREFIX + refused, said('AccessDenied'));
  const first = await world.sync();
  assert.equal(first.code, 3, first.stderr);
  assert.deepEqual(
    world.stored().sort(),
    [...odd.filter((it) => it !== refused), 'c to s3:', 'stays', 'z'].sort(),
  );
  const single = world.awsCalls().filter((call) => / s3 cp \/proc\/\d+\/fd\/\d+ s3:\/\//.test(call));
  assert.equal(single.length, odd.length);
  world.faults.failPut(PREFIX + refused, '', 0);
  assert.equal((await world.sync()).code, 0);
  for (const path of odd) assert.equal(world.current(PREFIX + path).body.toString(), path);
});
