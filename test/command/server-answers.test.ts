// What each command says and ends with, whatever a server answers: its words, and the setting that heals it. Once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EASY_KEY, KEY } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

/** Calls of S3 that a command makes, and that a server may refuse. */
type Calls = 'listing' | 'reads' | 'uploads' | 'versions';

interface Answer {
  readonly code: string;
  readonly message: string;
  /** The calls that are answered so. */
  readonly to: readonly Calls[];
  /** `undefined`: the words say it themselves, and there is no hint. */
  readonly hint: RegExp | undefined;
}

const ALL: readonly Calls[] = ['listing', 'reads', 'uploads', 'versions'];

const ANSWERS: readonly Answer[] = [
  { code: 'InvalidAccessKeyId', message: 'The key Id does not exist.', to: ALL, hint: /Renew them/ },
  {
    code: 'AuthorizationHeaderMalformed',
    message: "the region 'eu-central-1' is wrong; expecting 'eu-west-1'",
    to: ALL,
    hint: /Set the region to 'eu-west-1' \(AWS_REGION in the config\)\.$/m,
  },
  { code: 'RequestTimeTooSkewed', message: 'The difference is too large.', to: ALL, hint: /clock/ },
  { code: 'AccessDenied', message: 'Access Denied', to: ALL, hint: /The profile's user needs s3:\w+/ },
  {
    code: 'AccessDenied',
    message: 'x is not authorized to perform: s3:Y with an explicit deny in a resource-based policy',
    to: ALL,
    hint: /A policy denies it explicitly/,
  },
  { code: 'AccessDenied', message: 'Your account is suspended.', to: ALL, hint: undefined },
  {
    code: 'InvalidArgument',
    message: "Unsupported header 'x-amz-checksum-mode' received",
    to: ['reads'],
    hint: /AWS_REQUEST_CHECKSUM_CALCULATION='when_required'/,
  },
  {
    code: 'InvalidRequest',
    message:
      'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    to: ['reads', 'uploads'],
    hint: /https address/,
  },
  {
    code: 'InvalidStorageClass',
    message: 'Invalid storage class.',
    to: ['uploads'],
    hint: /AWS_STORAGE_CLASS='STANDARD'/,
  },
  {
    code: 'InvalidRequest',
    message: 'Content-MD5 HTTP header is required for Put Object requests with Object Lock parameters',
    to: ['uploads'],
    hint: /AWS_REQUEST_CHECKSUM_CALCULATION='when_supported'/,
  },
  { code: 'NotImplemented', message: 'A header is not implemented', to: ['uploads'], hint: /SSE-C/ },
  {
    code: 'AccessDenied',
    message: 'this bucket has blocked Server Side Encryption with Customer provided keys (SSE-C)',
    to: ['uploads'],
    hint: /put-bucket-encryption/,
  },
  { code: 'QuotaExceeded', message: 'None', to: ['uploads'], hint: /quota or disk is used up/ },
  { code: 'NotImplemented', message: 'None', to: ['versions'], hint: /no older versions/ },
];

/** Every command: the calls it makes, its arguments, and what it reads. */
type Row = readonly [string, readonly Calls[], (box: BucketWorld) => readonly string[], string?];

const COMMANDS: readonly Row[] = [
  ['encrypted-s3-sync', ['listing', 'reads', 'uploads'], (box) => [box.configFile]],
  ['encrypted-s3-sync', ['listing', 'reads'], (box) => ['--dry-run', box.configFile]],
  [
    'encrypted-s3-upload-key',
    ['listing', 'reads', 'uploads'],
    () => [],
    `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`,
  ],
  ['encrypted-s3-download-key', ['reads'], () => ['default', 'eu-central-1', 'test-bucket'], `${EASY_KEY}\n`],
  ['encrypted-s3-download-file', ['reads'], (box) => [...file(), `${box.folder}/to`], `${KEY}\n`],
  [
    'encrypted-s3-download-file',
    ['reads', 'versions'],
    (box) => [`--at=${new Date().toISOString()}`, ...file(), `${box.folder}/to`],
    `${KEY}\n`,
  ],
  [
    'encrypted-s3-download-dir',
    ['listing', 'reads'],
    (box) => ['--config', box.configFile, `${box.folder}/to`],
  ],
  [
    'encrypted-s3-download-dir',
    ['reads', 'versions'],
    (box) => [`--at=${new Date().toISOString()}`, '--config', box.configFile, `${box.folder}/to`],
  ],
  ['encrypted-s3-list-versions', ['versions'], () => file()],
  ['encrypted-s3-undelete', ['versions'], (box) => ['--dry-run', box.configFile]],
  ['encrypted-s3', ['reads', 'listing'], (box) => ['status', box.configFile]],
  ['encrypted-s3', ['listing'], () => ['status', '--bucket', 'default', 'eu-central-1', 'test-bucket']],
  ['encrypted-s3', ['reads', 'versions'], (box) => ['runs', ...config(box)]],
  ['encrypted-s3', ['reads', 'versions'], (box) => ['ls', ...config(box)]],
  ['encrypted-s3', ['reads', 'versions'], (box) => ['find', ...config(box), 'a']],
  ['encrypted-s3', ['reads', 'versions'], (box) => ['diff', ...config(box), new Date().toISOString()]],
  [
    'encrypted-s3',
    ['reads', 'versions'],
    (box) => ['rollback', '--dry-run', `--at=${new Date().toISOString()}`, box.configFile],
  ],
  ['encrypted-s3', ['listing', 'reads'], (box) => ['restore', ...config(box), `${box.folder}/to`]],
  ['encrypted-s3', ['reads'], (box) => ['restore', ...config(box), 'a', `${box.folder}/to`]],
  [
    'encrypted-s3',
    ['listing', 'reads'],
    (box) => ['restore', '--escrow', 'default', 'eu-central-1', 's3://test-bucket', `${box.folder}/to`],
    `${EASY_KEY}\n`,
  ],
];

function config(box: BucketWorld): string[] {
  return ['--config', box.configFile];
}

function file(): string[] {
  return ['default', 'eu-central-1', 's3://test-bucket/pc/docs/a'];
}

/** Has the server give this answer; to a HEAD request, only its status. */
function refuse(world: BucketWorld, { code, message, to }: Answer): void {
  const status = /^(AccessDenied|InvalidAccessKeyId|RequestTimeTooSkewed)$/.test(code)
    ? '(403) when calling the HeadObject operation: Forbidden'
    : '(400) when calling the HeadObject operation: Bad Request';
  const say = (operation: string) =>
    `cat >&2 <<'END'\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\nEND\nexit 254;;`;
  const cases: Readonly<Record<Calls, string>> = {
    listing: `*" list-objects-v2 "*) ${say('ListObjectsV2')}\n*" head-bucket "*) echo "An error occurred ${status.replace('HeadObject', 'HeadBucket')}" >&2; exit 254;;`,
    versions: `*" list-object-versions "*) ${say('ListObjectVersions')}`,
    reads: `*" get-object "*) ${say('GetObject')}
*" s3 cp s3://"*|*" s3 sync s3://"*|*" head-object "*) echo "fatal error: An error occurred ${status}" >&2; exit 1;;`,
    uploads: `*" s3 cp "*" s3://"*) echo upload failed: a to s3://test-bucket/pc/docs/a $(${say('PutObject')
      .replace(' >&2', '')
      .replace(/exit 254;;$/, '')}) >&2; exit 1;;`,
  };
  const script = ['reads', 'uploads', 'listing', 'versions'].filter((it) => to.includes(it as Calls));
  // Uploads look like reads but for the place of the URL.
  const ordered = [...script].map((it) => cases[it as Calls]).join('\n');
  const reads = to.includes('reads') ? '' : '*" s3 cp s3://"*) ;;\n';
  world.onCall('*', `case " $* " in ${reads}${ordered}\nesac`);
}

async function backedUp(t: TestContext): Promise<BucketWorld> {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  assert.equal((await world.sync()).code, 0);
  world.write('b', 'b');
  return world;
}

for (const answer of ANSWERS) {
  const { code, message, to, hint } = answer;
  test(`${code} (${message.slice(0, 50)}) to ${to.join(', ')}: each command says so, and what to do`, async (t) => {
    const world = await backedUp(t);
    refuse(world, answer);
    for (const [command, calls, args, input = ''] of COMMANDS) {
      if (!calls.some((it) => to.includes(it))) continue;
      const { code: exitCode, stderr } = await world.run(command, args(world), { input });
      const shown = `${command} ${args(world).join(' ')}: ${stderr}`;
      assert.equal(exitCode, 1, shown);
      assert.ok(stderr.includes(`(${code})`), shown);
      assert.equal(
        stderr.split(message).length - 1,
        message === 'None' ? stderr.split(message).length - 1 : 1,
        shown,
      );
      const hints = stderr.split('\n').filter((line) => line.includes('HINT: '));
      assert.equal(hints.length, hint === undefined ? 0 : 1, shown);
      if (hint !== undefined) assert.match(hints[0] ?? '', hint, shown);
    }
  });
}

test('a reason that many files share is said once, with its hint, and each file is named', async (t) => {
  const world = await backedUp(t);
  const paths = Array.from({ length: 15 }, (_, number) => `f${`${number}`.padStart(2, '0')}`);
  for (const path of paths) world.write(path, path);
  for (const path of paths.slice(3)) {
    const resource = `arn:aws:s3:::test-bucket/pc/docs/${path}`;
    world.faults.refuse(
      `pc/docs/${path}`,
      `An error occurred (AccessDenied) when calling the PutObject operation: x is not authorized to perform: s3:PutObject on resource: "${resource}" because no policy allows it`,
    );
  }
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.equal(stderr.match(/not authorized/g)?.length, 1, stderr);
  assert.equal(stderr.match(/HINT: /g)?.length, 1, stderr);
  assert.match(stderr, /HINT: The profile's user needs s3:PutObject, or/);
  for (const path of paths.slice(4))
    assert.match(
      stderr,
      new RegExp(`${path}" is not in the backup as it is, for the same reason as ".*/f03"\\.`),
    );
});
