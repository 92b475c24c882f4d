import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bucketMissing, headBucket, keyIsWrong, s3Error } from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';

const URL = 's3://test-bucket/pc/docs/notes.txt';
const PLACE = ['default', 'eu-central-1', URL];
const download = { args: ['s3', 'cp', URL], writesFile: 'content' };
const refused = {
  ...download,
  writesFile: 'half',
  exitCode: 1,
  stderr: s3Error('403', 'HeadObject', 'Forbidden'),
};
const missing = { ...refused, stderr: s3Error('404', 'HeadObject', 'Key "x" does not exist') };

test('the key comes from a pipe, with or without a newline, or from a config', async (t) => {
  const box = new Sandbox(t);
  const file = join(box.folder, 'out/new/file');
  for (const [args, input] of [
    [[], `${KEY}\n`],
    [[], KEY],
    [['--config', box.config()], ''],
  ] as const) {
    box.expect([download]);
    const { code, stdout, stderr } = await box.run('encrypted-s3-download-file', [...PLACE, file, ...args], {
      input,
    });
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /Downloading the file from the S3 bucket\.\.\.\nSuccess\.\n$/);
    assert.equal(readFileSync(file, 'utf8'), 'content');
    assert.deepEqual(readdirSync(join(box.folder, 'out/new')), ['file']);
    box.calls();
  }
  assert.equal(
    readdirSync(box.folder).some((name) => name.startsWith('.encrypted')),
    false,
  );
});

test('a file with many zeros is downloaded with holes, although no tree says that it had some', async (t) => {
  const box = new Sandbox(t);
  const content = `content${'\0'.repeat(2 << 20)}`;
  const file = join(box.folder, 'image');
  box.expect([{ ...download, writesFile: content }]);
  assert.equal((await box.run('encrypted-s3-download-file', [...PLACE, file], { input: KEY })).code, 0);
  assert.ok(statSync(file).blocks * 512 <= 8192);
  assert.equal(readFileSync(file, 'utf8'), content);
});

test('a folder gets the file under its own name, and "-" means standard output', async (t) => {
  const box = new Sandbox(t);
  mkdirSync(join(box.folder, 'out'));
  box.expect([download]);
  const input = `${KEY}\n`;
  assert.equal((await box.run('encrypted-s3-download-file', [...PLACE, 'out'], { input })).code, 0);
  assert.equal(readFileSync(join(box.folder, 'out/notes.txt'), 'utf8'), 'content');
  box.expect([{ args: ['s3', 'cp', URL, '-'], stdout: 'content' }]);
  const outcome = await box.run('encrypted-s3-download-file', [...PLACE, '-'], { input });
  assert.deepEqual([outcome.code, outcome.stdout], [0, 'content']);
  box.calls();
});

test('a link stays and the file that it leads to is replaced, and a link to standard output is refused', async (t) => {
  const box = new Sandbox(t);
  const link = join(box.folder, 'link');
  writeFileSync(join(box.folder, 'target'), 'old');
  symlinkSync('target', link);
  box.expect([download]);
  const input = `${KEY}\n`;
  assert.equal((await box.run('encrypted-s3-download-file', [...PLACE, link], { input })).code, 0);
  assert.equal(readlinkSync(link), 'target');
  assert.equal(readFileSync(join(box.folder, 'target'), 'utf8'), 'content');
  rmSync(link);
  symlinkSync('/proc/self/fd/1', link);
  box.expect([]);
  const { code, stderr } = await box.run('encrypted-s3-download-file', [...PLACE, link], { input });
  assert.equal(code, 1);
  assert.match(stderr, /link" exists and is not a regular file\.\n.*- is standard output/);
  assert.equal(readlinkSync(link), '/proc/self/fd/1');
  box.calls();
});

test('an empty profile or region, and a plugin that chooses endpoints, are refused before the key is asked for', async (t) => {
  const box = new Sandbox(t);
  const file = join(box.folder, 'aws-config');
  writeFileSync(file, '[default]\n[plugins]\nendpoint = awscli_plugin_endpoint\n');
  for (const [words, said] of [
    [['', 'eu-central-1', URL, '-'], /ERROR: The profile is empty\./],
    [['default', '', URL, '-'], /ERROR: The region is empty\./],
    [[...PLACE, '-'], /ERROR: The AWS CLI's plugin "awscli_plugin_endpoint" may send .*\n.*AWS_ENDPOINT_URL/],
  ] as const) {
    box.expect([]);
    const environment = { AWS_CONFIG_FILE: file };
    const { code, stderr } = await box.run('encrypted-s3-download-file', words, { environment });
    assert.equal(code, 1);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /Enter your/);
  }
});

test('a command in a removed current folder ends with an error that says so', async (t) => {
  const box = new Sandbox(t);
  const gone = join(box.folder, 'gone');
  mkdirSync(gone);
  const program = fileURLToPath(
    new globalThis.URL('../../bin/encrypted-s3-download-file.js', import.meta.url),
  );
  const words = 'rmdir "$0"; exec "$@"';
  const { status, stderr } = spawnSync('sh', ['-c', words, gone, process.execPath, program, ...PLACE, '-'], {
    cwd: gone,
    encoding: 'utf8',
    input: '',
  });
  assert.equal(status, 1);
  assert.match(stderr, /^ERROR: The current folder has been removed\.\nHINT: .*cd \/\n$/);
});

test('a failed download keeps the existing file and leaves no temporary file', async (t) => {
  const box = new Sandbox(t);
  const folder = join(box.folder, 'out');
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), 'old');
  for (const [replies, expected, message] of [
    [[refused, ...keyIsWrong], 5, /^ERROR: Download failed: s3:.* was not stored with this encryption key/m],
    [[missing, headBucket], 1, /^ERROR: Download failed: .*does not exist/m],
    [[missing, bucketMissing], 1, /^ERROR: Download failed: there is no bucket "test-bucket"/m],
  ] as const) {
    box.expect(replies);
    const outcome = await box.run('encrypted-s3-download-file', [...PLACE, join(folder, 'file')], {
      input: `${KEY}\n`,
    });
    assert.equal(outcome.code, expected);
    assert.match(outcome.stderr, message);
    assert.deepEqual(readdirSync(folder), ['file']);
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old');
    box.calls();
  }
});

test('a failure on this machine is not blamed on the key', async (t) => {
  const box = new Sandbox(t);
  const full = 'download failed: s3://x to ./x [Errno 28] No space left on device\n';
  box.expect([{ ...download, exitCode: 1, stderr: full }]);
  const args = [...PLACE, join(box.folder, 'out')];
  const { code, stderr } = await box.run('encrypted-s3-download-file', args, { input: `${KEY}\n` });
  assert.equal(code, 1);
  assert.match(stderr, /No space left.*HINT: Free some space/s);
  box.calls();
});

test('a destination that cannot be written is an error before anything is downloaded', async (t) => {
  const box = new Sandbox(t);
  writeFileSync(join(box.folder, 'file'), '');
  const input = `${KEY}\n`;
  for (const [destination, message] of [
    [join(box.folder, 'file/below'), /can't be written to: .* is not a folder/],
    ['/proc/file', /can't be written to/],
    ['/dev/null', /exists and is not a regular file/],
  ] as const) {
    const { code, stderr } = await box.run('encrypted-s3-download-file', [...PLACE, destination], { input });
    assert.equal(code, 1, destination);
    assert.match(stderr, message);
  }
  box.calls();
});

test('a URL that names no file in a bucket is refused', async (t) => {
  const box = new Sandbox(t);
  for (const url of [
    'notes.txt',
    's3://',
    's3://bucket',
    's3://bucket/',
    's3://bucket/folder/',
    '/s3://b/k',
  ]) {
    const args = ['default', 'r', url, 'out'];
    const { code, stderr } = await box.run('encrypted-s3-download-file', args, { input: `${KEY}\n` });
    assert.equal(code, 1);
    assert.match(stderr, /does not name a file in a bucket/);
  }
  box.calls();
});

test('encrypted-s3 download-file works like encrypted-s3-download-file', async (t) => {
  const box = new Sandbox(t);
  box.expect([download]);
  const args = ['download-file', '--config', box.config(), ...PLACE, '--', join(box.folder, '-file')];
  assert.equal((await box.run('encrypted-s3', args)).code, 0);
  assert.equal(readFileSync(join(box.folder, '-file'), 'utf8'), 'content');
});

test('the umbrella command shows its help, or that of a command which is named', async (t) => {
  const box = new Sandbox(t);
  for (const [args, code, said] of [
    [['help'], 0, /Usage: encrypted-s3 <command> \[options\]/],
    [['help', 'sync'], 0, /Usage: encrypted-s3 sync \[options\]/],
    [['help', 'snyc'], 1, /'snyc' is invalid.*Allowed choices are init, sync/],
  ] as const) {
    const outcome = await box.run('encrypted-s3', args);
    assert.equal(outcome.code, code);
    assert.match(outcome.stdout + outcome.stderr, said);
  }
});
