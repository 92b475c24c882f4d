import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { escrowMissing, headBucket, noRecord, s3Error } from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';

/** Answers of the AWS CLI to the first calls of a run, and the messages to the user. */
const REFUSALS: readonly [string, string, RegExp][] = [
  [
    'unknown profile',
    'The config profile (default) could not be found\n',
    /HINT: Check the profile \(AWS_PROFILE/,
  ],
  [
    'no credentials',
    'Unable to locate credentials. You can configure credentials by ...\n',
    /HINT: .*: aws configure --profile default/,
  ],
  [
    'bucket of another account',
    s3Error('403', 'HeadBucket', 'Forbidden'),
    /HINT: .*belongs to another account/,
  ],
  ['wrong region', s3Error('301', 'HeadBucket', 'Moved Permanently'), /HINT: Set the region/],
  [
    'endpoint down',
    'Could not connect to the endpoint URL: "https://127.0.0.1:1/x"\n',
    /HINT: Check the network/,
  ],
  [
    'certificate',
    'SSL validation failed for https://x/ certificate verify failed\n',
    /HINT: The server's certificate/,
  ],
];

for (const [what, said, hint] of REFUSALS) {
  test(`a run to which the AWS CLI answers "${what}" ends with exit code 1 before anything is written`, async (t) => {
    const box = new Sandbox(t);
    box.write('a', 'a');
    box.expect([
      { ...escrowMissing, exitCode: 254, stderr: said },
      { ...noRecord, exitCode: 254, stderr: said },
      { ...headBucket, exitCode: 254, stderr: said, optional: true },
      { args: ['head-object'], exitCode: 254, stderr: said, optional: true },
      { args: ['get-object'], exitCode: 254, stderr: said, optional: true },
    ]);
    const { code, stderr, stdout } = await box.run('encrypted-s3-sync', [box.config()]);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(
      stderr,
      /^encrypted-s3-sync\[\d+\]: ERROR: aws CLI command failed; aborting! aws s3api list-objects-v2: /,
    );
    assert.match(stderr, hint);
    box.calls();
  });
}

test('a run without an aws on PATH says so and ends with exit code 1', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const without = join(box.folder, 'without');
  mkdirSync(without);
  writeFileSync(join(without, 'flock'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()], {
    environment: { PATH: without },
  });
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: The AWS CLI was not found: there is no "aws" on PATH\.\n.*HINT: Install it/);
});

test('a run with an aws that cannot be executed says so and ends with exit code 1', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const broken = join(box.folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, 'flock'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  writeFileSync(join(broken, 'aws'), '');
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.config()], {
    environment: { PATH: broken },
  });
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: The AWS CLI could not be started: EACCES/);
});

for (const [length, key] of [
  [31, KEY.slice(1)],
  [33, `${KEY}x`],
] as const) {
  test(`a key of ${length} bytes is refused, and not shown`, async (t) => {
    const box = new Sandbox(t);
    const { code, stderr } = await box.run('encrypted-s3-sync', [box.config({ ENCRYPTION_KEY: key })]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`ERROR: ${box.configFile}:9: ENCRYPTION_KEY .*32 bytes.*${length}`));
    assert.equal(stderr.includes(key), false);
    box.calls();
  });
}

test('all mistakes of a config are reported at once', async (t) => {
  const box = new Sandbox(t);
  const config = box.config({
    AWS_REGION: undefined,
    AWS_RETENTION_DAYS: 'many',
    AWS_NET_TIMEOUT: '-1',
    LOCAL_DIR: '',
  });
  const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
  assert.equal(code, 1);
  assert.match(stderr, /The config file is incomplete\. No value for "AWS_REGION"\./);
  assert.match(stderr, /The config file is incomplete\. No value for "LOCAL_DIR"\./);
  assert.match(stderr, /backup\.config:3: AWS_RETENTION_DAYS/);
  assert.match(stderr, /AWS_NET_TIMEOUT/);
  assert.equal(stderr.split('\n').filter((line) => line.includes('ERROR: ')).length, 4);
});

test('a config that is missing, is a folder, or has a syntax error is refused', async (t) => {
  const box = new Sandbox(t);
  const missing = await box.run('encrypted-s3-sync', [join(box.folder, 'nothing')]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /ERROR: .*does not exist: .*nothing/);
  const folder = await box.run('encrypted-s3-sync', [box.folder]);
  assert.equal(folder.code, 1);
  assert.match(folder.stderr, /ERROR: .* is a directory/);
  writeFileSync(box.configFile, "AWS_REGION='eu-central-1\n");
  const syntax = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(syntax.code, 1);
  assert.match(syntax.stderr, /backup\.config:1: /);
});

test('a config that needs bash is refused if others may write it', async (t) => {
  const box = new Sandbox(t);
  writeFileSync(box.config(), 'LOCAL_DIR="$(echo /tmp)"\n', { flag: 'a' });
  chmodSync(box.configFile, 0o666);
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(code, 1);
  assert.match(stderr, /backup\.config:10: /);
  assert.match(stderr, /chmod/);
  box.calls();
});

test('every command reads its config from standard input, whether bash is needed or not', async (t) => {
  const box = new Sandbox(t);
  const text = readFileSync(box.config({ AWS_REGION: undefined }), 'utf8');
  const place = ['default', 'eu-central-1', 's3://test-bucket/a'];
  for (const [command, args] of [
    ['encrypted-s3-sync', ['/dev/stdin']],
    ['encrypted-s3-sync', ['--dry-run', '/dev/fd/0']],
    ['encrypted-s3-undelete', ['/dev/stdin']],
    ['encrypted-s3-download-file', ['--config', '/dev/stdin', ...place, '-']],
    ['encrypted-s3-download-dir', ['--config', '/dev/stdin', join(box.folder, 'to')]],
    ['encrypted-s3', ['restore', '--config', '/dev/stdin', 'a', join(box.folder, 'to')]],
    ['encrypted-s3-list-versions', ['--config', '/dev/stdin', 'a']],
    ['encrypted-s3', ['status', '/dev/stdin']],
    ['encrypted-s3', ['ls', '--config', '/dev/stdin']],
    ['encrypted-s3', ['runs', '--config', '/dev/stdin']],
    ['encrypted-s3', ['find', '--config', '/dev/stdin', 'a']],
    ['encrypted-s3', ['diff', '--config', '/dev/stdin', 'yesterday']],
    ['encrypted-s3', ['rollback', '--dry-run', '--at', 'yesterday', '/dev/stdin']],
  ] as const) {
    for (const input of [text, `${text}A=$(true)\n`]) {
      const { code, stderr } = await box.run(command, args, { input, alone: true });
      assert.equal(code, 1);
      assert.match(
        stderr,
        /No value for "AWS_REGION"\. \(\/dev\/(stdin|fd\/0)\)\n/,
        `${command} ${args.join(' ')}`,
      );
    }
  }
  const { code, stderr } = await box.run('encrypted-s3-upload-key', ['/dev/stdin'], {
    input: text,
    alone: true,
  });
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: The config can not come from standard input, where the answers come from/);
  box.calls();
});

test('plain http to another machine is refused, wherever it is set', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  const config = await box.run('encrypted-s3-sync', [
    box.config({ AWS_ENDPOINT_URL: 'http://s3.example.com' }),
  ]);
  assert.equal(config.code, 1);
  assert.match(
    config.stderr,
    /backup\.config:\d+: AWS_ENDPOINT_URL must be an https address: plain http would send/,
  );
  const environment = { AWS_ENDPOINT_URL: 'http://s3.example.com' };
  const args = ['default', 'eu-central-1', 's3://b/k', join(box.folder, 'out')];
  const variable = await box.run('encrypted-s3-download-file', args, { environment, input: `${KEY}\n` });
  assert.equal(variable.code, 1);
  assert.match(variable.stderr, /plain http/);
  box.calls();
});

test('a URL in place of the name of a bucket is refused', async (t) => {
  const box = new Sandbox(t);
  const args = ['default', 'eu-central-1', 's3://my-backup'];
  const { code, stderr } = await box.run('encrypted-s3-download-key', args, { input: 'easy\n' });
  assert.equal(code, 1);
  assert.match(stderr, /ERROR: "s3:\/\/my-backup" is not the name of a bucket\.\nHINT: Give its name alone/);
  box.calls();
});

test('a wrong command line prints the usage on stderr and ends with exit code 1', async (t) => {
  const box = new Sandbox(t);
  for (const [command, args] of [
    ['encrypted-s3-sync', ['a', 'b']],
    ['encrypted-s3-sync', ['--wait', 'soon', 'a']],
    ['encrypted-s3-download-key', ['default']],
    ['encrypted-s3-download-file', ['default', 'r', 's3://b/k']],
    ['encrypted-s3', ['nonsense']],
    ['encrypted-s3', ['help', 'nonsense']],
  ] as const) {
    const { code, stdout, stderr } = await box.run(command, args);
    assert.equal(code, 1, command);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`Usage: ${command}`));
  }
});

test('with a Node.js that is too old, every command prints one sentence, for --help too', async (t) => {
  const box = new Sandbox(t);
  const { bin, engines } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  const oldNode = fileURLToPath(new URL('../../../test/fakes/old-node.cjs', import.meta.url));
  for (const command of Object.keys(bin)) {
    for (const [version, isOld] of [
      ['18.20.4', true],
      ['20.9.0', true],
      ['20.10.0', false],
    ] as const) {
      const environment = { NODE_OPTIONS: `--require=${oldNode}`, OLD_NODE: version };
      const { code, stdout, stderr } = await box.run(command, ['--help'], { environment });
      const least = engines.node.replace('>=', '');
      const sentence = `ERROR: encrypted-s3-backup needs Node.js ${least} or later, but ${process.execPath} is Node.js ${version}.\n`;
      assert.deepEqual([code, stderr], isOld ? [1, sentence] : [0, '']);
      assert.equal(stdout === '', isOld);
    }
  }
});

const FIRST = ['../lib/cli/node-version.js', '../lib/cli/signals/signals.js'];

test('the programs check the version of Node.js before they load anything but the handling of signals', () => {
  const folder = new URL('../../bin/', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const imports = readFileSync(new URL(file, folder), 'utf8').match(/^import .*$/gm);
    assert.deepEqual(
      imports,
      FIRST.map((path) => `import '${path}';`),
      file,
    );
  }
  for (const path of FIRST) {
    const text = readFileSync(new URL(path, folder), 'utf8');
    assert.doesNotMatch(text, /^import|import\(/m, path);
  }
});

test('every command has --help and --version', async (t) => {
  const box = new Sandbox(t);
  for (const command of ['', '-sync', '-upload-key', '-download-key', '-download-file']) {
    const help = await box.run(`encrypted-s3${command}`, ['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Usage: encrypted-s3.*Exit codes:/s);
    const version = await box.run(`encrypted-s3${command}`, ['--version']);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  }
});
