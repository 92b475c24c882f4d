import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

const FIRST = Date.parse('2026-01-01T10:00:00Z');
const GOES_AGAIN = /The next run of encrypted-s3-sync deletes again .* with encrypted-s3 restore\./;

/** A world with versions below the prefix, each a minute after the previous one; `undefined` adds a delete marker. */
function withHistory(
  t: TestContext,
  histories: Readonly<Record<string, readonly (string | undefined)[]>>,
  prefix = PREFIX,
): BucketWorld {
  const world = new BucketWorld(t);
  world.makeBucket();
  for (const [path, history] of Object.entries(histories)) {
    for (const [minute, body] of history.entries()) {
      const content = body === undefined ? undefined : Buffer.from(body);
      world.bucket.add(prefix + path, content, undefined, FIRST + minute * 60_000);
    }
  }
  return world;
}

async function undelete(world: BucketWorld, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await world.run('encrypted-s3-undelete', [world.configFile, ...args]);
  assert.deepEqual(readdirSync(world.tmp), []);
  assert.ok(!existsSync(`${world.lock}.lock`));
  return outcome;
}

const SOME = {
  'd/gone': ['1', undefined],
  'd/gone twice': ['1', '22', undefined, undefined],
  'd/sub/gone': ['1', undefined],
  'd/there': ['1', undefined, '22'],
  d2: ['1', undefined],
  'never there': [undefined],
};

test('undelete restores every deleted object, with its remaining older versions', async (t) => {
  const world = withHistory(t, SOME);
  world.bucket.add('other/prefix', Buffer.from('x'), undefined, FIRST);
  world.bucket.add('other/prefix', undefined);
  const { code, stdout, stderr } = await undelete(world);
  assert.deepEqual([code, stdout], [0, '']);
  assert.match(stderr, /^4 files are back in s3:\/\/test-bucket\/pc\/docs\/\.\n[^\n]*\n$/);
  assert.match(stderr, GOES_AGAIN);
  assert.deepEqual(world.stored(), ['d/gone', 'd/gone twice', 'd/sub/gone', 'd/there', 'd2']);
  const histories = world.bucket.versions().map(({ key, body }) => `${body ? '' : '-'}${key}`);
  assert.deepEqual(
    histories.filter((it) => it.startsWith('-')),
    ['-pc/docs/d/there', '-pc/docs/never there', '-other/prefix'],
  );
  assert.equal(world.current(`${PREFIX}d/gone twice`).body.toString(), '22');
  const told = world.syslog().filter((line) => line.includes('Undeleted: '));
  assert.equal(told.length, 5);
  assert.match(told[0] ?? '', /^<14>Undeleted: s3:\/\/test-bucket\/pc\/docs\/d\/gone \(delete marker \S+\)$/);
  const used = world.awsCalls().join('\n');
  assert.doesNotMatch(used, /fileb:|get-object|get-bucket-versioning/);

  const again = await undelete(world);
  assert.deepEqual([again.code, again.stdout], [0, '']);
  assert.equal(again.stderr, 'There is nothing to undelete below s3://test-bucket/pc/docs/.\n');
});

test('undelete restores files and folders by their paths', async (t) => {
  for (const [paths, back] of [
    [['d'], ['d/gone', 'd/gone twice', 'd/sub/gone']],
    [
      ['d/sub/', 'd2'],
      ['d/sub/gone', 'd2'],
    ],
    [['./d/gone'], ['d/gone']],
    [['LOCAL_DIR/d/sub'], ['d/sub/gone']],
  ] as const) {
    const world = withHistory(t, SOME);
    const { code, stderr } = await undelete(
      world,
      ...paths.map((it) => it.replace('LOCAL_DIR', world.source)),
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(world.stored(), [...back, 'd/there'].sort());
  }
});

test('a path that matches nothing ends with exit code 1, and nothing is changed', async (t) => {
  const world = withHistory(t, SOME);
  for (const [path, problem] of [
    [
      'd/there',
      /ERROR: At or below "d\/there", nothing was deleted that .* Nothing was changed\.\nHINT: .*list-versions/,
    ],
    ['never there', /"never there", nothing was deleted/],
    ['D', /"D", nothing was deleted/],
    ['/etc', /"\/etc" is not in LOCAL_DIR/],
    ['', /A PATH is empty/],
  ] as const) {
    const before = world.bucket.versions();
    const { code, stdout, stderr } = await undelete(world, 'd2', path);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, problem);
    assert.deepEqual(world.bucket.versions(), before);
  }
});

test('a dry run of undelete prints what it would do and changes nothing', async (t) => {
  const world = withHistory(t, { ...SOME, 'line\nbreak': ['x', undefined] });
  const before = world.snapshot();
  const { code, stdout, stderr } = await undelete(world, '--dry-run');
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(stdout.split('\n'), [
    '(dryrun) undelete: s3://test-bucket/pc/docs/d/gone',
    '(dryrun) undelete: s3://test-bucket/pc/docs/d/gone twice',
    '(dryrun) undelete: s3://test-bucket/pc/docs/d/sub/gone',
    '(dryrun) undelete: s3://test-bucket/pc/docs/d2',
    '(dryrun) undelete: s3://test-bucket/pc/docs/line\\nbreak',
    '',
  ]);
  assert.deepEqual(world.snapshot(), before);
  assert.ok(!world.hasLock);
});

test('undelete does not restore objects that were deleted before the given time', async (t) => {
  const world = withHistory(t, SOME);
  const at = ['--at', '2026-01-01T10:01:00Z'];
  const { code, stderr } = await undelete(world, ...at);
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.stored(), ['d/gone twice', 'd/there']);
  const vain = await undelete(world, ...at, 'd2');
  assert.equal(vain.code, 1);
  assert.match(vain.stderr, /"d2", nothing was deleted after 2026-01-01 \d\d:01:00 /);
  const nothing = await undelete(world, ...at);
  assert.deepEqual([nothing.code, nothing.stdout], [0, '']);
  assert.match(
    nothing.stderr,
    /^There is nothing to undelete below .* that was deleted after 2026-01-01 \d\d:01:00 [+-]\d{4}\.\n$/,
  );
  const nonsense = await undelete(world, '--at', 'soon');
  assert.equal(nonsense.code, 1);
});

test('without a prefix, the deleted objects of the backup itself stay deleted', async (t) => {
  const world = withHistory(t, { 'backup.info/key/data': ['k', undefined], b: ['x', undefined] }, '');
  world.config({ REMOTE_DIR_PREFIX: '' });
  for (const path of ['backup.info', 'backup.info/key/data'])
    assert.equal((await undelete(world, path)).code, 1);
  const { code, stderr } = await undelete(world, '.');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^1 file is back in s3:\/\/test-bucket\/\.\n/);
  assert.deepEqual([...world.bucket.current().keys()], ['b']);
});

test('undelete restores many files in batches, and those whose keys XML cannot hold singly', async (t) => {
  const awkward = ['-v', 'a\x01b', 'line\nbreak', 'ü <&> "x"'];
  const paths = [...Array.from({ length: 1100 }, (_, number) => `d/${number}`), ...awkward];
  const world = withHistory(t, Object.fromEntries(paths.map((path) => [path, ['x', undefined]])));
  const { code, stderr } = await undelete(world);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^1104 files are back/);
  assert.deepEqual(world.stored().sort(), paths.sort());
  const operations = world.awsCalls().map((call) => / s3api (\S+)/.exec(call)?.[1]);
  const count = (operation: string) => operations.filter((it) => it === operation).length;
  assert.equal(count('delete-object'), 2);
  // Two calls for the thousands, and one for each key that has to be deleted singly.
  assert.ok(count('delete-objects') <= 4, `${operations}`);
  assert.equal(count('list-object-versions'), 3);
});

const refusal = (path: string, Code: string, Message = 'Access Denied') => ({
  Key: PREFIX + path,
  Code,
  Message,
});
const answer = (errors: readonly object[]) => `echo '${JSON.stringify({ Errors: errors })}'; exit 0`;

test('delete markers that the server refuses to remove are named, with exit code 3', async (t) => {
  const world = withHistory(t, SOME);
  world.onCall('*delete-objects*', answer([refusal('d/gone twice', 'InternalError', 'Refused')]));
  const some = await undelete(world);
  assert.deepEqual([some.code, some.stdout], [3, '']);
  const [error, ...rest] = some.stderr.split('\n');
  assert.equal(
    error,
    'ERROR: "s3://test-bucket/pc/docs/d/gone twice" is still deleted: InternalError: Refused.',
  );
  assert.match(rest.join('\n'), /^HINT: The server is busy.*\n3 files are back/);
  assert.equal(world.syslog().filter((line) => line.includes('Undeleted: ')).length, 3);

  world.onCall('*delete-objects*', answer([refusal('d2', 'AccessDenied')]));
  const denied = await undelete(world);
  assert.equal(denied.code, 3);
  assert.match(
    denied.stderr,
    /d2" is still deleted: AccessDenied: Access Denied\.\nHINT: .*s3:DeleteObjectVersion/,
  );
});

test('undelete by a user who may not remove versions says so, with exit code 1', async (t) => {
  const world = withHistory(t, { ...SOME, 'line\nbreak': ['x', undefined] });
  const all = ['d/gone', 'd/gone twice', 'd/sub/gone', 'd2'].map((path) => refusal(path, 'AccessDenied'));
  const whole = (operation: string) =>
    `echo 'An error occurred (AccessDenied) when calling the ${operation} operation: Access Denied' >&2; exit 254`;
  for (const [pattern, script, permission] of [
    [
      '*delete-object[s\\ ]*',
      `case "$*" in *objects*) ${answer(all)};; esac; ${whole('DeleteObject')}`,
      's3:DeleteObjectVersion',
    ],
    ['*delete-objects*', whole('DeleteObjects'), 's3:DeleteObjectVersion'],
    ['*list-object-versions*', whole('ListObjectVersions'), 's3:ListBucketVersions'],
  ] as const) {
    world.onCall(pattern, script);
    const args = permission === 's3:DeleteObjectVersion' ? ['d', 'd2'] : [];
    const { code, stdout, stderr } = await undelete(world, ...args);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^ERROR: [^\n]*AccessDenied[^\n]*\nHINT: [^\n]*\n$/);
    assert.ok(stderr.includes(permission), stderr);
    assert.equal(stderr.includes('--profile PROFILE'), permission === 's3:DeleteObjectVersion');
  }
});

test('--profile replaces the profile of the config', async (t) => {
  const world = withHistory(t, SOME);
  assert.equal((await undelete(world, '--profile', 'admin')).code, 0);
  assert.ok(world.awsCalls().every((call) => call.startsWith('--profile admin ')));
});

test('undelete in a bucket without versioning says that nothing can be restored', async (t) => {
  const world = new BucketWorld(t);
  world.bucket.exists = true;
  const nothing = await undelete(world);
  assert.equal(nothing.code, 0);
  assert.match(nothing.stderr, /nothing to undelete .* Versioning is not on in the bucket "test-bucket": /);
  const vain = await undelete(world, 'x');
  assert.equal(vain.code, 1);
  assert.match(vain.stderr, /Versioning is not on/);
  const denied = 'An error occurred (AccessDenied) when calling the GetBucketVersioning operation: x';
  world.onCall('*get-bucket-versioning*', `echo '${denied}' >&2; exit 254`);
  const unknown = await undelete(world);
  assert.deepEqual([unknown.code, unknown.stderr.includes('Versioning')], [0, false]);
});

test('undelete ends with exit code 75 while a run holds the lock, but its dry run does not', async (t) => {
  const world = withHistory(t, SOME);
  const holder = spawn('flock', [world.lock, 'sh', '-c', 'echo held; read line']);
  await once(holder.stdout, 'data');
  const { code, stderr } = await undelete(world);
  assert.deepEqual([code, world.stored()], [75, ['d/there']], stderr);
  assert.equal((await undelete(world, '--dry-run')).code, 0);
  holder.stdin.end();
  await once(holder, 'close');
  assert.equal((await undelete(world)).code, 0);
});
