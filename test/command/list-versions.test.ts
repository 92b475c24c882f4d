import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { binOf } from '../fakes/bins.js';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const FIRST = Date.parse('2026-01-01T10:00:00Z');

/** A world with versions of keys, each a minute after the previous one; `undefined` adds a delete marker. */
function withHistory(
  t: TestContext,
  histories: Readonly<Record<string, readonly (string | undefined)[]>>,
): BucketWorld {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const [key, history] of Object.entries(histories)) {
    for (const [minute, body] of history.entries()) {
      const content = body === undefined ? undefined : Buffer.from(body);
      world.bucket.add(key, content, undefined, FIRST + minute * 60_000);
    }
  }
  return world;
}

function list(world: BucketWorld, path: string, ...flags: readonly string[]): Promise<Outcome> {
  const args = ['default', 'eu-central-1', `s3://test-bucket${path}`, ...flags];
  return world.run('encrypted-s3-list-versions', args);
}

/** The time of day, size, state and key in each line. */
function shown({ code, stdout, stderr }: Outcome): string[] {
  assert.deepEqual([code, stderr], [0, '']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [time = '', id, size, state, key, ...more] = line.split('\t');
      assert.match(time, /^2026-01-01T\d\d:\d\d:\d\d\.000Z$/);
      assert.match(id ?? '', /^version-\d+$/);
      assert.deepEqual(more, []);
      return [time.slice(11, 16), size, state, key].join(' ');
    });
}

test('list-versions shows a file and everything below its path, but not its neighbours', async (t) => {
  const world = withHistory(t, {
    'd/a': ['1', '22', undefined, '4444'],
    'd/a!': ['x'],
    'd/a/below': ['x', undefined],
    'd/a2': ['x'],
    'd/b': ['x'],
  });
  const file = ['10:03 4 current d/a', '10:02 - deleted d/a', '10:01 2 - d/a', '10:00 1 - d/a'];
  const below = ['10:01 - deleted d/a/below', '10:00 1 - d/a/below'];
  assert.deepEqual(shown(await list(world, '/d/a')), [...file, ...below]);
  assert.deepEqual(shown(await list(world, '/d/a/')), below);
  const others = ['d/a2', 'd/b'].map((key) => `10:00 1 current ${key}`);
  const all = [...file, '10:00 1 current d/a!', ...below, ...others];
  for (const path of ['/d/', '/d', '/', '']) assert.deepEqual(shown(await list(world, path)), all);
});

test('list-versions shows the objects below backup.info/ on request', async (t) => {
  const world = withHistory(t, { 'backup.info/key/data': ['k'], a: ['x'] });
  assert.deepEqual(shown(await list(world, '')), ['10:00 1 current a']);
  for (const path of ['/backup.info/', '/backup.info', '/backup.info/key/data'])
    assert.deepEqual(shown(await list(world, path)), ['10:00 1 current backup.info/key/data']);
});

test('an awkward key is one line, and exact in JSON', async (t) => {
  const keys = ['a\tb', 'a\nb', 'a b+c%20', '\x1b[2J', 'ü \u{1f512}', '"quoted\\"'];
  const world = withHistory(t, Object.fromEntries(keys.map((key) => [key, ['x', undefined]])));
  assert.equal(shown(await list(world, '/')).length, 2 * keys.length);
  const { code, stdout, stderr } = await list(world, '/', '--json');
  assert.deepEqual([code, stderr], [0, '']);
  const [header, ...objects] = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(header, { format: 'encrypted-s3-backup versions', version: 1 });
  assert.deepEqual(new Set(objects.map((it) => it['key'])), new Set(keys));
  assert.deepEqual(Object.keys(objects[0] ?? {}), [
    'key',
    'versionId',
    'lastModified',
    'size',
    'isLatest',
    'isDeleteMarker',
  ]);
  const first = objects.filter((it) => it['key'] === keys[0]);
  assert.deepEqual(
    first.map(({ size, isLatest, isDeleteMarker }) => [size, isLatest, isDeleteMarker]),
    [
      [null, true, true],
      [1, false, false],
    ],
  );
});

test('a listing of several pages leaves none out, whatever is in the names', async (t) => {
  const names = Array.from({ length: 2500 }, (_, number) => `dö/a b+%41 ${10_000 + number}`);
  const world = withHistory(t, Object.fromEntries(names.map((name) => [name, ['x']])));
  const { code, stdout, stderr } = await list(world, '/dö');
  assert.deepEqual([code, stderr], [0, '']);
  const keys = stdout.split('\n').flatMap((line) => line.split('\t')[4] ?? []);
  assert.deepEqual(keys, names);
  assert.equal(world.awsCalls().length, 3);
});

test('list-versions ends with exit code 1 for a wrong URL, a missing bucket, and if nothing is found', async (t) => {
  const world = withHistory(t, { a2: ['x'] });
  for (const flags of [[], ['--json']]) {
    const { code, stdout, stderr } = await list(world, '/a', ...flags);
    assert.deepEqual([code, stdout.split('\n').length], [1, flags.length === 0 ? 1 : 2]);
    assert.match(
      stderr,
      /^ERROR: There is nothing at or below s3:\/\/test-bucket\/a, .*\nHINT: .*list-versions/,
    );
  }
  const nameless = await world.run('encrypted-s3-list-versions', [
    'default',
    'eu-central-1',
    'test-bucket/a',
  ]);
  assert.deepEqual([nameless.code, nameless.stdout], [1, '']);
  assert.match(nameless.stderr, /"test-bucket\/a" does not name a file or folder in a bucket/);
  const empty = await list(new BucketWorld(t), '/a');
  assert.deepEqual([empty.code, empty.stdout], [1, '']);
  assert.match(empty.stderr, /list-object-versions: .*NoSuchBucket/);
});

test('a user who may not list versions learns which permission is missing', async (t) => {
  const world = withHistory(t, { a: ['x'] });
  const denied =
    'An error occurred (AccessDenied) when calling the ListObjectVersions operation: Access Denied';
  world.onCall('*list-object-versions*', `echo '${denied}' >&2; exit 254`);
  const { code, stderr } = await list(world, '/a');
  assert.equal(code, 1);
  assert.match(stderr, /AccessDenied[\s\S]*HINT: .*s3:ListBucketVersions/);
});

/** Runs a shell script with the command as `$LIST`. */
async function inShell(
  world: BucketWorld,
  script: string,
): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
  const bin = binOf('encrypted-s3-list-versions');
  const options = {
    env: {
      LIST: `${process.execPath} ${bin} default eu-central-1 s3://test-bucket`,
      HOME: world.home,
      TZ: 'UTC',
      PATH: world.path,
    },
  };
  try {
    return { code: 0, ...(await promisify(execFile)('bash', ['-c', script], options)) };
  } catch (error) {
    return error as { code: unknown; stdout: string; stderr: string };
  }
}

test('a closed pipe ends list-versions quietly, and a full disk does not', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 8000 }, (_, number) => [`d/${number}`, ['x']]));
  const world = withHistory(t, many);
  for (const flag of ['', '--json']) {
    const script = `$LIST ${flag} | head -n 2 | wc -l; echo \${PIPESTATUS[0]}`;
    const { stdout, stderr } = await inShell(world, script);
    assert.deepEqual([stdout, stderr], ['2\n0\n', '']);
  }
  const { code, stderr } = await inShell(world, '$LIST > /dev/full');
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: Can't write to standard output: no space left on the disk\.\n$/);
});

test('a terminal gets a table', async (t) => {
  const world = withHistory(t, { 'd/a': ['1', undefined] });
  const { stdout } = await inShell(world, 'script -qec "$LIST" /dev/null');
  const lines = stdout.split(/\r?\n/);
  assert.match(lines[0] ?? '', /^DATE +VERSION ID +SIZE {2}STATE {4}KEY$/);
  assert.match(lines[1] ?? '', /^2026-01-01 10:01:00 {2}\S+ +- {2}deleted {2}d\/a$/);
  assert.match(lines[2] ?? '', /^2026-01-01 10:00:00 {2}\S+ +1 byte {2}- {8}d\/a$/);
  assert.deepEqual(lines.slice(3), ['']);
});
