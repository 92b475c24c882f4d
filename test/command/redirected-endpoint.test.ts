// Settings that would send the encryption key to another endpoint than the checked one are refused or not passed on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { goodRun } from '../fakes/replies.js';
import { KEY, Sandbox } from '../fakes/sandbox.js';

const PLACE = ['default', 'eu-central-1', 's3://test-bucket/pc/docs/notes.txt', '-'];

const REDIRECTIONS: readonly [string, string, string, RegExp][] = [
  [
    'an alias for s3',
    '.aws/cli/alias',
    '[toplevel]\ns3 = s3 --endpoint-url http://10.0.0.1:9000\n',
    /ERROR: \/\S+\/\.aws\/cli\/alias, section \[toplevel\]: an alias changes .*\n.*HINT: Give it another name/,
  ],
  [
    'an alias below s3api',
    '.aws/cli/alias',
    '[command s3api]\nget-object = get-object --endpoint-url http://10.0.0.1:9000\n',
    /section \[command s3api\]: an alias changes what "aws s3api" does/,
  ],
  [
    'a service model of S3',
    '.aws/models/s3/2006-03-01/endpoint-rule-set-1.json',
    '{}',
    /ERROR: \/\S+\/models\/s3 replaces .*\n.*HINT: Move it away\./,
  ],
  [
    'cli_history for all profiles',
    '.aws/config',
    '[DEFAULT]\ncli_history = enabled\n[default]\nregion = x\n',
    /cli_history/,
  ],
  ['an empty ca_bundle', '.aws/config', '[default]\nca_bundle =\n', /has an empty ca_bundle/],
];

for (const [what, file, text, said] of REDIRECTIONS) {
  test(`a backup refuses ${what}, and a download does so before it asks for a key`, async (t) => {
    const box = new Sandbox(t);
    box.write('a', 'a');
    mkdirSync(dirname(join(box.folder, file)), { recursive: true });
    writeFileSync(join(box.folder, file), text);
    const settings = { AWS_ENDPOINT_URL: 'https://s3.example' };
    for (const [command, args] of [
      ['encrypted-s3-sync', [box.config(settings)]],
      ['encrypted-s3-download-file', PLACE],
    ] as const) {
      box.expect([]);
      const { code, stderr } = await box.run(command, args, { input: `${KEY}\n` });
      assert.equal(code, 1);
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /Enter your/);
      box.calls();
    }
  });
}

test('variables that redirect the AWS CLI, or log its secrets, do not reach it', async (t) => {
  const box = new Sandbox(t);
  box.write('a', 'a');
  box.expect(goodRun('a'));
  writeFileSync(box.config(), 'export SSLKEYLOGFILE=/tmp/secrets AWS_DATA_PATH=/tmp/models\n', { flag: 'a' });
  const environment = { AWS_CA_BUNDLE: '' };
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile], { environment });
  assert.equal(code, 0, stderr);
  for (const call of box.calls()) {
    for (const name of ['SSLKEYLOGFILE', 'AWS_DATA_PATH', 'AWS_CA_BUNDLE']) {
      assert.equal(name in call.environment, false, name);
    }
  }
});

/** A port of 127.0.0.1 at which this process listens, until `close`. */
async function listen(t: TestContext): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test('plain http to localhost goes to an address with a listener of this user', async (t) => {
  const box = new Sandbox(t);
  const { port, close } = await listen(t);
  box.write('a', 'a');
  box.config({ AWS_ENDPOINT_URL: `http://localhost:${port}` });
  box.expect(goodRun('a'));
  const { code, stderr } = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(code, 0, stderr);
  for (const { argv } of box.calls()) {
    assert.equal(argv[argv.indexOf('--endpoint-url') + 1], `http://127.0.0.1:${port}`);
  }
  await close();
  box.expect([]);
  const down = await box.run('encrypted-s3-sync', [box.configFile]);
  assert.equal(down.code, 1);
  assert.match(
    down.stderr,
    /ERROR: No program listens at http:\/\/127\.0\.0\.1:\d+\.\n.*HINT: Start the service/,
  );
  box.calls();
});

// Only root can start a program as another user.
if (process.getuid?.() === 0) {
  test("plain http does not go to another user's program", async (t) => {
    const box = new Sandbox(t);
    const script =
      "const s = require('node:net').createServer((c) => console.log('asked')).listen(0, '127.0.0.1', () => console.log(s.address().port))";
    const other = spawn('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {},
    });
    t.after(() => other.kill());
    const [port] = await once(other.stdout.setEncoding('utf8'), 'data');
    let said = '';
    other.stdout.on('data', (chunk) => (said += chunk));
    box.write('a', 'a');
    for (const host of ['127.0.0.1', 'localhost']) {
      box.expect([]);
      const config = box.config({ AWS_ENDPOINT_URL: `http://${host}:${Number(port)}` });
      const { code, stderr } = await box.run('encrypted-s3-sync', [config]);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /ERROR: The program that listens at \S+ belongs to another user \(uid 65534\).*\n.*https/,
      );
      box.calls();
    }
    assert.equal(said, '');
  });
}
