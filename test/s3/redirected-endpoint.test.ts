// Settings that would redirect a real AWS CLI to another server, or make it log secrets.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { awsClis } from '../s3-server/aws-clis.js';
import { s3ServerOfThisRun } from '../s3-server/from-environment.js';
import { newKey, World } from './world.js';

const { plainEndpoint } = s3ServerOfThisRun();

/** Starts a plain-http server that notes the requests it gets. */
async function listener(t: TestContext): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address?.port}`, asked };
}

function put(world: World, path: string, text: string): void {
  const file = join(world.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A rule set of botocore that sends every request to one address. */
function ruleSetFor(url: string): string {
  const parameters = {
    Bucket: { required: false, type: 'String' },
    Region: { builtIn: 'AWS::Region', required: false, type: 'String' },
    Endpoint: { builtIn: 'SDK::Endpoint', required: false, type: 'String' },
  };
  const rules = [{ conditions: [], type: 'endpoint', endpoint: { url, properties: {}, headers: {} } }];
  return JSON.stringify({ version: '1.0', parameters, rules });
}

describe('the AWS CLI', () => {
  for (const cli of awsClis()) {
    /** Downloads from a bucket that does not exist; the error shows that the real server answered. */
    const fetch = (world: World, environment: NodeJS.ProcessEnv = {}) =>
      world.run(
        'encrypted-s3-download-file',
        ['default', 'us-east-1', world.url('pc/docs/file'), 'restored'],
        { input: `${newKey()}\n`, environment },
      );

    test(`the AWS CLI calls the checked endpoint, whatever files and variables say, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('led-away', cli, (remove) => t.after(remove));
      const { url, asked } = await listener(t);
      for (const alias of [
        `[toplevel]\ns3 = s3 --endpoint-url ${url}\n`,
        `[command s3]\ncp = cp --endpoint-url ${url}\n`,
      ]) {
        put(world, '.aws/cli/alias', alias);
        const { code, stderr } = await fetch(world);
        assert.equal(code, 1);
        assert.match(stderr, /ERROR: .*alias, section/);
      }
      put(world, '.aws/cli/alias', '');
      const rules = 's3/2006-03-01/endpoint-rule-set-1.json';
      put(world, `models/${rules}`, ruleSetFor(url));
      const byVariable = await fetch(world, { AWS_DATA_PATH: join(world.folder, 'models') });
      assert.match(byVariable.stderr, /there is no bucket/);
      put(world, `.aws/models/${rules}`, ruleSetFor(url));
      assert.match((await fetch(world)).stderr, /ERROR: .*models\/s3 replaces/);
      assert.deepEqual(asked, []);
    });

    test(`the AWS CLI checks the certificate of the endpoint, and logs no TLS secret, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('certificate', cli, (remove) => t.after(remove));
      const secrets = join(world.folder, 'secrets');
      assert.match((await fetch(world, { SSLKEYLOGFILE: secrets })).stderr, /there is no bucket/);
      assert.equal(existsSync(secrets), false);
      // No well-known authority has signed the server's certificate.
      for (const environment of [
        { AWS_CA_BUNDLE: '' },
        { AWS_CA_BUNDLE: undefined, REQUESTS_CA_BUNDLE: '' },
      ]) {
        const { code, stderr } = await fetch(world, environment);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /CERTIFICATE_VERIFY_FAILED|certificate verify failed/,
          JSON.stringify(environment),
        );
      }
    });

    test(`the AWS CLI calls localhost by plain http, even with the bucket's name in the host name, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('localhost', cli, (remove) => t.after(remove));
      const settings = readFileSync(world.environment['AWS_CONFIG_FILE'] ?? '', 'utf8');
      put(world, 'aws-config', settings.replaceAll('addressing_style = path', 'addressing_style = virtual'));
      const { stderr } = await fetch(world, {
        AWS_CONFIG_FILE: join(world.folder, 'aws-config'),
        AWS_ENDPOINT_URL: plainEndpoint.replace('127.0.0.1', 'localhost'),
      });
      assert.match(stderr, /there is no bucket/);
    });
  }
});
