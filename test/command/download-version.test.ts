import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bucketMissing, headBucket, keyIsMissing, s3Error } from '../fakes/replies.js';
import { KEY, type Outcome, Sandbox } from '../fakes/sandbox.js';
import type { Reply } from '../fakes/scenario.js';

const URL = 's3://test-bucket/pc/docs/notes.txt';
const LISTED = 'pc/docs/notes.txt';

class VersionBox extends Sandbox {
  readonly file = join(this.folder, 'file');

  async download(replies: readonly Reply[], options: readonly string[], to = this.file): Promise<Outcome> {
    this.expect(replies);
    const args = ['default', 'eu-central-1', URL, to, ...options];
    const environment = { TMPDIR: this.folder };
    const input = `${KEY}\n`;
    const outcome = await this.run('encrypted-s3-download-file', args, { input, environment });
    this.calls();
    assert.ok(!readdirSync(this.folder).some((name) => /^\.?encrypted-s3-/.test(name)));
    return outcome;
  }
}

/** A listing of versions, the newest first. `-` precedes the time of a delete marker; each version's id is its year. */
function history(...times: readonly string[]): Reply {
  const rows = times.map((time, index) => {
    const at = time.replace('-', '');
    const shared = [LISTED, at, `${at}-06-01T12:00:00+00:00`, index === 0];
    return time.startsWith('-') ? shared : [...shared, 5];
  });
  const neighbour = [`${LISTED}2`, 'x', '2001-01-01T00:00:00+00:00', true, 5];
  const page = {
    versions: [...rows.filter((row) => row.length === 5), neighbour],
    deletions: rows.filter((row) => row.length === 4),
    next: [false, null, null],
  };
  return { args: ['list-object-versions', `--prefix=${LISTED}`], stdout: JSON.stringify(page) };
}

function version(id: string): Reply {
  return { args: ['get-object', `--key=${LISTED}`, `--version-id=${id}`], writesFile: `of ${id}` };
}

test('a version that is named by its id goes to a file and to standard output', async (t) => {
  const box = new VersionBox(t);
  // S3-compatible servers make such ids.
  const id = '-3Jetr..x';
  const { code, stderr } = await box.download([version(id)], ['--version-id', id]);
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(box.file, 'utf8'), `of ${id}`);
  const { stdout } = await box.download([version(id)], [`--version-id=${id}`], '-');
  assert.equal(stdout, `of ${id}`);
});

test('a version for standard output is decrypted into a file without a name', async (t) => {
  const box = new VersionBox(t);
  const aws = join(box.path.split(':')[0] ?? '', 'aws');
  const noted = join(box.folder, 'noted');
  renameSync(aws, `${aws}-itself`);
  box.fake('aws', `readlink /proc/$$/fd/5 > '${noted}'\nexec '${aws}-itself' "$@"`);
  const { stdout } = await box.download([version('id')], ['--version-id=id'], '-');
  assert.equal(stdout, 'of id');
  assert.equal(box.callsSoFar().at(-1)?.argv.at(-1), '/dev/fd/5');
  assert.match(readFileSync(noted, 'utf8'), /^\/.* \(deleted\)\n$/);
});

test('--at restores a file as it was at that time', async (t) => {
  const box = new VersionBox(t);
  for (const [times, at, id] of [
    [['2015', '2012', '2010'], '2010-06-01', '2010'],
    [['2015', '2012', '2010'], '2013-01-01', '2012'],
    [['-2015', '2012', '-2011', '2010'], '2013-01-01', '2012'],
  ] as const) {
    const { code, stdout, stderr } = await box.download(
      [history(...times), version(id)],
      [`--at=${at}`],
      '-',
    );
    assert.deepEqual([code, stdout], [0, `of ${id}`], stderr);
  }
  // `s3 cp` downloads the latest version in parallel parts.
  const latest = { args: ['s3', 'cp', URL, '-'], stdout: 'latest' };
  const { stdout } = await box.download([history('2015', '2010'), latest], ['--at=2016-01-01'], '-');
  assert.equal(stdout, 'latest');
});

test('a time without a version is an error before the encryption key is asked for', async (t) => {
  const box = new VersionBox(t);
  writeFileSync(box.file, 'kept');
  for (const [replies, at, message] of [
    [
      [history('2015')],
      '2014-01-01',
      /no version of s3:.* as old as 2014.*\n.*The oldest version is --at "2015-06-01/,
    ],
    [[history('-2015')], '2014-01-01', /no version of s3:.*\n.*lifecycle rule has removed/],
    [[history('2018', '-2015', '2012')], '2016-01-01', /was deleted at that time, since 2015.*\n.*=2012\./],
    [
      [history('2018', '-2015')],
      '2016-01-01',
      /was deleted at that time.*\n.*has removed the version before/,
    ],
    [[history()], '2016-01-01', /There is no s3:.*, and no version of it\./],
    [[], '2999-01-01', /in the future/],
    [[], 'once', /"once" is not a time that this program understands/],
  ] as const) {
    const { code, stderr } = await box.download(replies, [`--at=${at}`]);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /Enter your/);
  }
  const both = await box.download([], ['--at=2016-01-01', '--version-id=x']);
  assert.equal(both.code, 1);
  assert.match(both.stderr, /--at and --version-id can not be used together/);
  assert.equal(readFileSync(box.file, 'utf8'), 'kept');
});

test('a version id with which a server would read local files ends with exit code 1 and is not sent', async (t) => {
  const box = new VersionBox(t);
  const row = (id: string) => [LISTED, id, '2010-06-01T12:00:00+00:00', false, 5];
  const latest = [LISTED, 'x', '2020-06-01T12:00:00+00:00', true, 5];
  for (const id of ['file:///etc/shadow', 'fileb:///dev/fd/3', 'http://169.254.169.254/']) {
    const page = { versions: [latest, row(id)], deletions: null, next: [false, null, null] };
    const listing = { args: ['list-object-versions'], stdout: JSON.stringify(page) };
    const { code, stderr } = await box.download([listing], ['--at=2015-01-01']);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^ERROR: The server's listing of versions has ".*:\/\/.*" as the version id of/m);
    const given = await box.download([], ['--version-id', id]);
    assert.equal(given.code, 1, given.stderr);
    assert.match(given.stderr, /^ERROR: "\S+" looks like a URL, which the AWS CLI would open/m);
  }
});

test('each reason why a version cannot be downloaded has its own message', async (t) => {
  const box = new VersionBox(t);
  const failed = (code: string, text: string) => ({
    ...version('id'),
    exitCode: 254,
    stderr: s3Error(code, 'GetObject', text),
  });
  const head = (code: string) => ({
    args: ['head-object'],
    exitCode: 254,
    stderr: s3Error(code, 'HeadObject', 'x'),
  });
  const denied = { ...keyIsMissing, stderr: s3Error('AccessDenied', 'GetObject', 'x') };
  for (const [replies, expected, message] of [
    [
      [failed('NoSuchVersion', 'x'), head('404'), headBucket],
      1,
      /version "id" of s3:.* does not exist\.\nHINT: /,
    ],
    [[failed('NoSuchBucket', 'x'), head('404'), bucketMissing], 1, /there is no bucket "test-bucket"/],
    [
      [failed('InvalidArgument', 'Invalid version id specified'), headBucket],
      1,
      /version "id" of s3:.* does not exist/,
    ],
    [[failed('MethodNotAllowed', 'x'), head('405')], 1, /version "id" of s3:.* is a delete marker/],
    [
      [failed('AccessDenied', 'Access Denied'), head('400'), keyIsMissing],
      5,
      /was not stored with this encryption key/,
    ],
    [[failed('AccessDenied', 'Access Denied'), head('403'), denied], 1, /AccessDenied/],
  ] as const) {
    const { code, stderr } = await box.download(replies, ['--version-id=id']);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
    assert.ok(!existsSync(box.file));
  }
});

test('an empty version id does not mean the latest version', async (t) => {
  const box = new VersionBox(t);
  for (const to of [box.file, '-']) {
    const { code, stdout, stderr } = await box.download([], ['--version-id', ''], to);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^ERROR: The version id is empty\.\nHINT: Leave --version-id out/);
  }
  assert.ok(!existsSync(box.file));
});
