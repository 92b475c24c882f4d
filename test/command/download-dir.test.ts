import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Stage } from '../../lib/restore/stage.js';
import { s3Error } from '../fakes/replies.js';
import { KEY, type Outcome, type RunOptions, Sandbox } from '../fakes/sandbox.js';
import type { Reply } from '../fakes/scenario.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { entriesOf } from '../s3/entries.js';
import { BucketWorld, OTHER_KEY, PREFIX } from './bucket-world.js';

const COMMAND = 'encrypted-s3-download-dir';
const BIN = fileURLToPath(new URL(`../../bin/${COMMAND}.js`, import.meta.url));
const NOBODY = 65534;
/** Runs a program as a user that is not root, who may read the program and the fakes, wherever they are. */
const AS_ANOTHER_USER =
  process.getuid?.() === 0
    ? [
        'setpriv',
        `--reuid=${NOBODY}`,
        `--regid=${NOBODY}`,
        '--clear-groups',
        ...onlyCapability('dac_read_search'),
      ]
    : [];

function onlyCapability(name: string): string[] {
  return ['bounding-set', 'inh-caps', 'ambient-caps'].map((set) => `--${set}=-all,+${name}`);
}

/** Everything below a folder but what the fakes write. */
function everythingIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => !/^(syslog|logger-arguments|calls|fakes|tmp)/.test(path)).sort();
}

/** A destination that is new. */
const TO = 'to/be/made';
const PLACE = ['default', 'eu-central-1'];
const FOLDER_URL = 's3://test-bucket/pc/docs';

interface BadInput {
  readonly args: readonly string[];
  readonly message: RegExp;
  /** Made before. */
  readonly make?: (box: Sandbox) => void;
  readonly options?: RunOptions;
}

const BAD_INPUT: Readonly<Record<string, BadInput>> = {
  'no arguments': {
    args: [],
    message: /missing required argument 'words'\n[\s\S]*Usage: encrypted-s3-download-dir/,
  },
  'an unknown option': { args: ['--key', 'x', TO], message: /unknown option '--key'[\s\S]*Usage: / },
  'an option without its value': { args: ['--at'], message: /'--at <time>' argument missing/ },
  'one word without a config': {
    args: [TO],
    message: /^ERROR: A profile, a region, an s3:\/\/ URL and a destination are needed\.\nHINT: --help/,
  },
  'three words with a config': {
    args: ['--config', 'C', 'a', 'b', TO],
    message: /^ERROR: With --config, a destination/,
  },
  '--escrow and --config': {
    args: ['--escrow', '--config', 'C', TO],
    message: /^ERROR: --escrow and --config can not be used together/,
  },
  'a bad TIME': {
    args: ['--config', 'C', '--at', 'last tuesday', TO],
    message: /^ERROR: "last tuesday" is no time that is understood\.\nHINT: Examples: 2026-03-28/,
  },
  'a TIME in the future': {
    args: ['--config', 'C', '--at', '2999-01-01', TO],
    message: /^ERROR: "2999-01-01" is still to come: .*\nHINT: Without --at you get the latest/,
  },
  'a config that is missing': {
    args: ['--config', 'no-config', TO],
    message: /^ERROR: .*does not exist: .*no-config/,
  },
  'a config that is a folder': { args: ['--config', 'source', TO], message: /^ERROR: .*is a directory/ },
  'a URL that is none': {
    args: [...PLACE, 'test-bucket/pc/docs', TO],
    message: /^ERROR: "test-bucket\/pc\/docs" does not name a folder in a bucket\.\nHINT: Write it as s3:/,
  },
  'a folder outside of LOCAL_DIR': {
    args: ['--config', 'C', '/etc', TO],
    message: /^ERROR: "\/etc" is not in LOCAL_DIR ".*\/source"\.\nHINT: Name what is in the backup/,
  },
  'a folder above LOCAL_DIR': {
    args: ['--config', 'C', '..', TO],
    message: /^ERROR: "\.\." is not in LOCAL_DIR/,
  },
  'an empty destination': {
    args: ['--config', 'C', '--overwrite', ''],
    message: /^ERROR: The destination is empty/,
  },
  'a file as destination': {
    args: ['--config', 'C', '--overwrite', 'file'],
    make: ({ folder }) => writeFileSync(join(folder, 'file'), 'content'),
    message: /^ERROR: ".*\/file" can't be restored to: ".*\/file" is not a folder\./,
  },
  'a destination below a file': {
    args: ['--config', 'C', 'file/below'],
    make: ({ folder }) => writeFileSync(join(folder, 'file'), 'content'),
    message: /^ERROR: ".*\/file\/below" can't be restored to: ".*\/file" is not a folder\./,
  },
  'a destination that holds something': {
    args: ['--config', 'C', 'full/'],
    make: ({ folder }) => {
      mkdirSync(join(folder, 'full'));
      writeFileSync(join(folder, 'full/.hidden'), '');
    },
    message: /^ERROR: ".*\/full" is not empty\.\nHINT: .*--overwrite/,
  },
  'the current folder, which holds something': {
    args: ['--config', 'C', '.'],
    message: /^ERROR: ".*" is not empty/,
  },
  'a link that leads nowhere': {
    args: ['--config', 'C', 'link'],
    make: ({ folder }) => symlinkSync('nowhere', join(folder, 'link')),
    message: /^ERROR: ".*\/link" is a link that leads nowhere/,
  },
  'a plain http endpoint in the environment': {
    args: [...PLACE, FOLDER_URL, TO],
    options: { environment: { AWS_ENDPOINT_URL: 'http://s3.example.com' }, input: `${KEY}\n` },
    message: /^ERROR: The endpoint http:\/\/s3\.example\.com is plain http/,
  },
  'a plain http endpoint in the config': {
    args: ['--config', 'C', TO],
    make: (box) => box.config({ AWS_ENDPOINT_URL: 'http://s3.example.com' }),
    message: /^ERROR: The endpoint http:\/\/s3\.example\.com is plain http/,
  },
  'a key of another length': {
    args: [...PLACE, FOLDER_URL, TO],
    options: { input: `${KEY}x\n` },
    message:
      /^Enter your backup encryption key: \nERROR: The encryption key must be exactly 32 bytes long, but it has 33/,
  },
  'no key at all': {
    args: [...PLACE, FOLDER_URL, TO],
    message: /^Enter your backup encryption key: \nERROR: The encryption key must be exactly 32 bytes long/,
  },
  'no aws on PATH, for a point in time': {
    args: ['--config', 'C', '--at', 'yesterday', TO],
    options: { environment: { PATH: '/nowhere' } },
    message: /^ERROR: The AWS CLI was not found/,
  },
  'no aws on PATH': {
    args: ['--config', 'C', TO],
    options: { environment: { PATH: '/nowhere' } },
    message: /^ERROR: The AWS CLI was not found: there is no "aws" on PATH\.\nHINT: Install it/,
  },
};

for (const [what, { args, make, options, message }] of Object.entries(BAD_INPUT)) {
  test(`${what}: said, and nothing is asked of the bucket or written`, async (t) => {
    const box = new Sandbox(t);
    const config = box.config();
    make?.(box);
    const before = everythingIn(box.folder);
    const words = args.map((word) => (word === 'C' ? config : word));
    const { code, stdout, stderr } = await box.run(COMMAND, words, options);
    assert.match(stderr, message);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(stderr.includes(KEY), false);
    assert.deepEqual(everythingIn(box.folder), before);
    box.calls();
  });
}

const noTree: Reply = {
  args: ['s3', 'cp', 's3://test-bucket/backup.info/runs/pc/docs/tree.ndjson.gz'],
  exitCode: 1,
  stderr: `fatal error: ${s3Error('404', 'HeadObject', 'Not Found').trim()}\n`,
};
const noTrees: Reply = { args: ['list-objects-v2', '--prefix=backup.info/runs/'], stdout: 'None\n' };

function listed(key: string, size: number): Reply {
  const stdout = `pc/docs/${key}\t${size}\t2020-01-01T00:00:00+00:00\t"etag"\n`;
  return { args: ['list-objects-v2', '--prefix=pc/docs/'], stdout };
}

test('a disk without the room: both numbers are said before anything is downloaded or made', async (t) => {
  const box = new Sandbox(t);
  box.expect([noTree, noTrees, listed('huge', 3 * 1024 ** 5), { args: ['head-object'] }]);
  const { code, stderr } = await box.run(COMMAND, ['--config', box.config(), TO]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: ".*\/to\/be\/made" has no room for the restore: it needs 3072\.0 TiB, and [\d.]+ [MGT]iB are free\.\nHINT: .*Nothing was written/,
  );
  assert.ok(!existsSync(join(box.folder, 'to')));
  box.calls();
});

test('SIGINT reaches aws, and leaves no file; what has arrived is kept', async (t) => {
  const box = new Sandbox(t);
  const transfer = { args: ['s3', 'cp', 's3://test-bucket/pc/docs/file'], delay: 20_000, onSignal: 1 };
  box.expect([noTree, noTrees, listed('file', 3), { args: ['head-object'] }, transfer]);
  let kill = () => {};
  const run = box.run(COMMAND, ['--config', box.config(), TO], {
    onStart: (child) => {
      kill = () => child.kill('SIGINT');
    },
  });
  while (!box.callsSoFar().some(({ argv }) => argv.includes(transfer.args[2] ?? ''))) await sleep(20);
  // The fake notes the call before it listens for signals.
  await sleep(200);
  kill();
  const { code, stderr } = await run;
  assert.equal(code, 130);
  assert.doesNotMatch(stderr, /ERROR|Success/);
  assert.deepEqual(box.signals(), ['SIGINT']);
  const left = readdirSync(join(box.folder, TO));
  assert.ok(left.length === 1 && left[0]?.startsWith('.encrypted-s3-restore-'), `${left}`);
  assert.match(
    box.syslog().join('\n'),
    /What has arrived is kept in .*: the same restore goes on from what came in bulk, and fetches anew .*Ended by SIGINT/s,
  );
  box.calls();
});

class RestoreWorld extends BucketWorld {
  readonly to = join(this.home, 'to');

  constructor(t: TestContext) {
    super(t);
    this.makeBucket();
  }

  async backUp(): Promise<void> {
    const { code, stderr } = await this.sync();
    assert.equal(code, 0, stderr);
  }

  /** Restores with the config to `to`, or as `words` say. */
  async restore(
    flags: readonly string[] = [],
    { words = [this.to], as = WITHOUT_ROOTS_RIGHTS, cwd = this.folder } = {},
  ): Promise<Outcome> {
    rmSync(join(this.folder, 'calls'), { force: true });
    // Whoever runs the command writes there.
    for (const name of ['calls', 'syslog', 'logger-arguments']) {
      writeFileSync(join(this.folder, name), '', { flag: 'a' });
      chmodSync(join(this.folder, name), 0o666);
    }
    const [program = '', ...args] = [
      ...as,
      process.execPath,
      BIN,
      '--config',
      this.configFile,
      ...flags,
      ...words,
    ];
    const child = spawn(program, args, {
      cwd,
      env: {
        HOME: this.home,
        TMPDIR: this.tmp,
        PATH: this.path,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    return new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  }

  /** What was fetched of the backup's files: their paths, or `*` for the bulk. */
  fetched(): string[] {
    return this.called().flatMap((call) => {
      if (call.includes(` s3 sync s3://test-bucket/${PREFIX} `)) return ['*'];
      const path = / s3 cp s3:\/\/test-bucket\/pc\/docs\/(\S+) /.exec(call)?.[1];
      return path === undefined ? [] : [path];
    });
  }
}

/** A few files, or more than are fetched one by one. */
function fill(world: RestoreWorld, count = 0): void {
  world.write('top', 'top');
  world.write('d/deep/file', 'in a folder');
  for (let number = 0; number < count; number += 1) world.write(`many/${number}`, `${number}`);
  mkdirSync(join(world.source, 'empty'));
  symlinkSync('../nowhere', join(world.source, 'd/link'));
  chmodSync(join(world.source, 'top'), 0o604);
  chmodSync(join(world.source, 'd/deep'), 0o500);
}

const MANY = availableParallelism() + 1;

for (const count of [0, MANY]) {
  test(`a small tree and its metadata, ${count === 0 ? 'file by file' : 'in bulk'}`, async (t) => {
    const world = new RestoreWorld(t);
    fill(world, count);
    await world.backUp();
    const { code, stdout, stderr } = await world.restore();
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      new RegExp(
        `^Restoring s3://test-bucket/pc/docs/ from the run of .*: ${count + 2} files, .* to download\\.\\.\\.\nRestored ${count + 2} files, ${count === 0 ? 3 : 4} folders, 1 link\\.\nSuccess\\.\n$`,
      ),
    );
    assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
    assert.deepEqual(world.fetched().includes('*'), count > 0);
    assert.deepEqual(readdirSync(world.tmp), []);
  });
}

test('--overwrite fetches only what differs, also into a folder that its mode closes', async (t) => {
  const world = new RestoreWorld(t);
  fill(world, MANY);
  await world.backUp();
  assert.equal((await world.restore()).code, 0);
  assert.equal((await world.restore()).code, 1);
  const kept = lstatSync(join(world.to, 'many/0')).ino;
  chmodSync(join(world.to, 'd/deep'), 0o700);
  writeFileSync(join(world.to, 'd/deep/file'), 'changed by somebody');
  chmodSync(join(world.to, 'd/deep'), 0o500);
  chmodSync(join(world.to, 'top'), 0o777);
  const { code, stderr } = await world.restore(['--overwrite']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['d/deep/file']);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
  assert.equal(lstatSync(join(world.to, 'many/0')).ino, kept);
});

test('what is of another type in the destination is named, stays, and stops nothing else', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(join(world.to, 'top/with'), { recursive: true });
  writeFileSync(join(world.to, 'd'), 'a file');
  const { code, stderr } = await world.restore(['--overwrite']);
  assert.equal(code, 1);
  const where = world.to;
  for (const line of [
    `ERROR: "top" is not restored: a folder is at "${where}/top".`,
    `ERROR: "d/" is not restored: a file is at "${where}/d".`,
    `ERROR: "d/deep/file" is not restored: a file is at "${where}/d".`,
    `ERROR: "d/link" is not restored: a file is at "${where}/d".`,
    'ERROR: None of the files could be restored.',
  ]) {
    assert.ok(stderr.split('\n').includes(line), `${line} is not in\n${stderr}`);
  }
  assert.deepEqual(readdirSync(world.to).sort(), ['d', 'empty', 'top']);
  assert.equal(readFileSync(join(world.to, 'd'), 'utf8'), 'a file');
});

test('what an interrupted run has stored after the last tree is restored, and told', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  assert.equal((await world.restore()).code, 0);
  const { keyHash } = world.current(`${PREFIX}top`);
  world.journal.add(`${PREFIX}top`, Buffer.from('TOP'), keyHash, Date.now() + 2000);
  const words = [join(world.home, 'new')];
  for (const outcome of [await world.restore(['--overwrite']), await world.restore([], { words })]) {
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stderr, /WARNING: 1 of the files are newer in the bucket than the tree of that run/);
  }
  assert.equal(readFileSync(join(world.to, 'top'), 'utf8'), 'TOP');
  assert.equal(readFileSync(join(world.home, 'new/top'), 'utf8'), 'TOP');
});

test('a file that is in the tree and not in the bucket is named; exit 3', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  world.journal.add(`${PREFIX}top`, undefined);
  const { code, stderr } = await world.restore();
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^Restoring .*\nERROR: "top" is not restored: the tree has it, but not the bucket\.\nRestored 1 file, 3 folders, 1 link\.\n$/,
  );
  assert.ok(existsSync(join(world.to, 'd/deep/file')) && !existsSync(join(world.to, 'top')));
});

test('a file that can not be read, as one in an archive, stops no other; exit 3', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  const words = s3Error('InvalidObjectState', 'GetObject', 'The operation is not valid.').trim();
  world.onCall('*/pc/docs/top*', `echo '${words}' >&2; exit 254`);
  const { code, stderr } = await world.restore();
  assert.equal(code, 3, stderr);
  assert.ok(
    stderr.includes(
      '\nERROR: "top" is not restored: An error occurred (InvalidObjectState) when calling the GetObject operation: The operation is not valid.\nRestored 1 file, ',
    ),
    stderr,
  );
  assert.ok(existsSync(join(world.to, 'd/deep/file')));
});

test('credentials that have run out stop the restore; what has arrived is kept', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  const words = s3Error('ExpiredToken', 'HeadObject', 'The provided token has expired.').trim();
  world.onCall('*/pc/docs/top*', `echo 'fatal error: ${words}' >&2; exit 1`);
  const { code, stderr } = await world.restore();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /ERROR: .*\(ExpiredToken\).*\nHINT: S3 does not accept the profile's credentials/);
  assert.match(readdirSync(world.to).join(), /^\.encrypted-s3-restore-\w+$/);
});

test('what an interrupted restore has left is replaced where the bucket has something newer', async (t) => {
  const world = new RestoreWorld(t);
  for (let number = 0; number < 130; number += 1) world.write(`${number}`, 'new');
  await world.backUp();
  mkdirSync(world.to);
  const stage = new Stage(world.to, ['test-bucket', PREFIX]);
  stage.open();
  for (let number = 0; number < 130; number += 1) {
    writeFileSync(join(stage.bulk, `${number}`), 'old');
    utimesSync(join(stage.bulk, `${number}`), 1e9, 1e9);
  }
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.fetched(), ['*']);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('what stays of a restore, and what is left of another one, is named', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(world.to);
  const other = new Stage(world.to, ['test-bucket', 'other/']);
  other.open();
  const stage = new Stage(world.to, ['test-bucket', PREFIX]);
  const closed = join(stage.folder, 'closed');
  mkdirSync(join(closed, 'file'), { recursive: true });
  chmodSync(closed, 0);
  const { code, stderr } = await world.restore();
  chmodSync(closed, 0o700);
  assert.equal(code, 0, stderr);
  for (const line of [
    `WARNING: "${other.folder}" is of a restore from elsewhere that was interrupted, or is still going on. `,
    `WARNING: "${stage.folder}" can't be removed: permission denied. `,
  ]) {
    assert.ok(stderr.includes(line), stderr);
  }
  assert.ok(existsSync(other.folder));
});

test('many names of the greatest length', async (t) => {
  const world = new RestoreWorld(t);
  for (let number = 100; number < 210; number += 1) world.write(`${number}${'é'.repeat(126)}`, `${number}`);
  for (let number = 0; number < MANY; number += 1) world.write(`${number}`, `${number}`);
  await world.backUp();
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.deepEqual(entriesOf(world.to), entriesOf(world.source));
});

test('markers of folders, as the web console makes them, are no files and no fault', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  world.put(PREFIX, '');
  world.put(`${PREFIX}marked/`, '');
  const { code, stderr } = await world.restore();
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /WARNING/);
  assert.deepEqual(readdirSync(join(world.to, 'marked')), []);
});

function withoutOwners(folder: string): [string, string][] {
  return Object.entries(entriesOf(folder)).map(([path, it]) => [path, it.replace(/ \d+:\d+ /, ' ')]);
}

test('as a user that is not root: modes and times, and not a word of owners', async (t) => {
  // Not below the tests' own folder, which other users can't look into.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/tmp';
  const world = new RestoreWorld(t);
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  chmodSync(world.folder, 0o755);
  fill(world);
  chmodSync(join(world.source, 'top'), 0o4604);
  if (process.getuid?.() === 0) chownSync(join(world.source, 'd/deep/file'), 1234, 1234);
  await world.backUp();
  chmodSync(join(world.source, 'top'), 0o604);
  if (process.getuid?.() === 0) {
    for (const folder of [world.home, world.tmp]) chownSync(folder, NOBODY, NOBODY);
  }
  const { code, stderr } = await world.restore([], { as: AS_ANOTHER_USER });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Restoring .*\nRestored 2 files, 3 folders, 1 link\.\nSuccess\.\n$/);
  assert.deepEqual(withoutOwners(world.to), withoutOwners(world.source));
  assert.equal(lstatSync(join(world.to, 'd/deep/file')).uid, lstatSync(world.home).uid);

  // Its own read-only folder keeps this user from nothing.
  chmodSync(join(world.to, 'd/deep'), 0o700);
  writeFileSync(join(world.to, 'd/deep/file'), 'changed by somebody');
  chmodSync(join(world.to, 'd/deep'), 0o500);
  const again = await world.restore(['--overwrite'], { as: AS_ANOTHER_USER });
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(withoutOwners(world.to), withoutOwners(world.source));
});

test('as root where owners can not be given: everything else is, without setuid', {
  skip: process.getuid?.() !== 0 && 'only root gives owners',
}, async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  chownSync(join(world.source, 'top'), 1234, 1234);
  chmodSync(join(world.source, 'top'), 0o4604);
  await world.backUp();
  const as = ['setpriv', '--bounding-set=-chown'];
  const { code, stderr } = await world.restore(['--keep-setid'], { as });
  assert.equal(code, 3);
  assert.match(
    stderr,
    /\nERROR: "top" is restored, but not its owner and mode as they were: not permitted\.\nRestored 2 files/,
  );
  assert.equal(lstatSync(join(world.to, 'top')).mode & 0o7777, 0o604);
});

test('a destination may be relative, end in a slash, be a link to a folder, or the current folder', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  mkdirSync(join(world.home, 'empty'));
  mkdirSync(join(world.home, 'here'));
  symlinkSync('empty', join(world.home, 'link'));
  for (const [destination, cwd, place] of [
    ['new/folder/', world.home, 'new/folder'],
    ['./-dash', world.home, '-dash'],
    [join(world.home, 'link/'), world.folder, 'empty'],
    ['.', join(world.home, 'here'), 'here'],
    ['new\nline', world.home, 'new\nline'],
  ] as const) {
    const { code, stderr } = await world.restore([], { words: [destination], cwd });
    assert.equal(code, 0, stderr);
    assert.deepEqual(entriesOf(join(world.home, place)), entriesOf(world.source), destination);
  }
});

test('a folder of the backup, named as it is on disk', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  for (const [at, folder] of [`${world.source}/d/`, './d', 'empty/../d'].entries()) {
    const to = join(world.home, `${at}`);
    const { code, stderr } = await world.restore([], { words: [folder, to] });
    assert.equal(code, 0, stderr);
    assert.deepEqual(entriesOf(to), entriesOf(join(world.source, 'd')));
  }
});

test('a destination in a folder that this user may not write to', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  const parent = join(world.home, 'closed');
  mkdirSync(parent);
  chmodSync(parent, 0o555);
  const { code, stderr } = await world.restore([], { words: [join(parent, 'to')] });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^ERROR: ".*\/closed\/to" can't be written to: permission denied\.\nHINT: Choose a destination/,
  );
  assert.deepEqual([readdirSync(parent), readFileSync(join(world.folder, 'calls'), 'utf8')], [[], '']);
});

test('another key: exit 5; nothing below the prefix: exit 1; neither makes anything', async (t) => {
  const world = new RestoreWorld(t);
  fill(world);
  await world.backUp();
  for (const [settings, words, code, message] of [
    [{ ENCRYPTION_KEY: OTHER_KEY }, [], 5, /^ERROR: s3:.*tree\.ndjson\.gz can't be read with this key/],
    [
      {},
      ['no/such/folder'],
      1,
      /^ERROR: There is nothing below s3:\/\/test-bucket\/pc\/docs\/no\/such\/folder\/\.\nHINT/,
    ],
    [
      { REMOTE_DIR_PREFIX: 'no/backup' },
      [],
      1,
      /^ERROR: There is nothing below s3:\/\/test-bucket\/no\/backup\/\./,
    ],
  ] as const) {
    world.config(settings);
    const outcome = await world.restore([], { words: [...words, world.to] });
    assert.match(outcome.stderr, message);
    assert.deepEqual([outcome.code, existsSync(world.to)], [code, false]);
  }
});

test('another key without a tree: exit 5 and nothing made, also where only older versions are wanted', async (t) => {
  const world = new RestoreWorld(t);
  world.put(`${PREFIX}a`, 'now', KEY);
  const now = await refused(world);
  assert.match(now.stderr, /^ERROR: s3:\/\/test-bucket\/pc\/docs\/a can't be read with this key/);

  const before = new RestoreWorld(t);
  const { keyHash } = world.current(`${PREFIX}a`);
  before.journal.add(`${PREFIX}a`, Buffer.from('then'), keyHash, Date.parse('2015-01-01'));
  before.journal.add(`${PREFIX}a`, undefined, undefined, Date.parse('2020-01-01'));
  await refused(before, '--at', '2016-01-01');

  async function refused(world: RestoreWorld, ...flags: string[]): Promise<Outcome> {
    world.config({ ENCRYPTION_KEY: OTHER_KEY });
    const outcome = await world.restore(flags);
    assert.deepEqual([outcome.code, existsSync(world.to)], [5, false], outcome.stderr);
    return outcome;
  }
});

test('a key that names a local file to the AWS CLI is not given to it', async (t) => {
  const world = new RestoreWorld(t);
  world.put('file:///etc/hostname', 'x', KEY);
  world.put('good', 'x', KEY);
  const words = [...PLACE, 's3://test-bucket', world.to];
  const { code, stderr } = await world.restore([], { words });
  assert.equal(code, 3);
  assert.match(stderr, /ERROR: "file:\/\/\/etc\/hostname" is not restored: its name is not/);
  assert.deepEqual(
    world.called().filter((it) => it.includes('file://')),
    [],
  );
});
