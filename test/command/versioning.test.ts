// Every run that overwrites or deletes something asks for the bucket's versioning.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const QUESTION = '*get-bucket-versioning*';
const SUSPENDED = 'echo Suspended; exit 0';
const KILLED = 'kill -9 $$';

/** A world with a backup. */
async function backup(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  for (const path of ['a', 'b', 'c']) world.write(path, path);
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  return world;
}

const versioningQueries = (world: BucketWorld) =>
  world.awsCalls().filter((call) => call.includes('get-bucket-versioning')).length;

const WARNING = /WARNING: Versioning is suspended in the bucket "test-bucket": .* put-bucket-versioning /;

test('a run warns of suspended versioning whenever it overwrites something, and stores the file', async (t) => {
  const world = await backup(t);
  world.onCall(QUESTION, SUSPENDED);
  for (const content of ['1', '22']) {
    world.write('b', content);
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.match(stderr, WARNING);
    assert.equal(versioningQueries(world), 1);
    assert.equal(world.current('pc/docs/b').body.toString(), content);
  }
  world.onCall();
  world.write('b', '333');
  assert.doesNotMatch((await world.sync()).stderr, /ersioning/);
});

test('a run that changes nothing, or only adds files, does not ask for the versioning', async (t) => {
  const world = await backup(t);
  world.onCall(QUESTION, SUSPENDED);
  const assertSilent = ({ code, stderr }: Outcome) => {
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /ersioning/);
    assert.equal(versioningQueries(world), 0);
  };
  assertSilent(await world.sync());
  world.write('new', 'new');
  assertSilent(await world.sync());
});

test('nothing is deleted while versioning is suspended', async (t) => {
  const world = await backup(t);
  world.onCall(QUESTION, SUSPENDED);
  world.remove('a');
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /WARNING: Not deleting 1 object whose file is gone: versioning is suspended in the bucket/,
  );
  assert.doesNotMatch(stderr, WARNING);
  assert.equal(versioningQueries(world), 1);
  assert.deepEqual(world.stored(), ['a', 'b', 'c']);
});

test('a run that both overwrites and deletes asks for the versioning once', async (t) => {
  const world = await backup(t);
  world.remove('a');
  world.write('b', '22');
  assert.equal((await world.sync()).code, 0);
  assert.equal(versioningQueries(world), 1);
  assert.deepEqual(world.stored(), ['b', 'c']);
});

test('a run whose config needs no older versions neither asks for the versioning nor warns', async (t) => {
  const world = await backup(t);
  world.config({ ALLOW_UNVERSIONED_DELETE: 'yes' });
  world.onCall(QUESTION, SUSPENDED);
  world.remove('a');
  world.write('b', '22');
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /ersioning/);
  assert.deepEqual(world.stored(), ['b', 'c']);
});

test('a run whose query of the versioning fails still uploads', async (t) => {
  const world = await backup(t);
  world.onCall(QUESTION, KILLED);
  world.write('b', '22');
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assert.ok(
    world.syslog().some((line) => /Can't ask whether the bucket keeps older versions: .*SIGKILL/.test(line)),
  );
});
