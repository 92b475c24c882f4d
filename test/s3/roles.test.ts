// Credentials that no file has: the AWS CLI fetches those of a container, or of a web identity, from a local server.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AwsCli, awsClis } from '../s3-server/aws-clis.js';
import { s3ServerOfThisRun } from '../s3-server/from-environment.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { ESCROW_WARNING, World } from './world.js';

const TOKEN = 'the token of this web identity';
const EXPIRATION = '2100-01-01T00:00:00Z';

/** The server's account; without a session token, which Ceph would not know. */
function account(): { readonly id: string; readonly secret: string } {
  const file = readFileSync(s3ServerOfThisRun().environment['AWS_SHARED_CREDENTIALS_FILE'] ?? '', 'utf8');
  const settingOf = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(file)?.[1] ?? '';
  return { id: settingOf('aws_access_key_id'), secret: settingOf('aws_secret_access_key') };
}

/** @returns the address of a server on this machine, and the requests that it gets */
async function serve(t: TestContext, contentType: string, answer: string) {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      requests.push(`${request.headers.authorization} ${body}`);
      response.setHeader('content-type', contentType).end(answer);
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address?.port}`, requests };
}

/** Older versions ask no other STS than that of AWS: they have no setting for its address. */
function asksOtherSts({ version }: AwsCli): boolean {
  return !/^(1\.([01]?\d|2[0-8])|2\.(\d|1[0-2]))\./.test(version);
}

async function assertBacksUp(world: World, variables: NodeJS.ProcessEnv): Promise<void> {
  world.write('a', 'a');
  world.config();
  const environment = { AWS_SHARED_CREDENTIALS_FILE: join(world.folder, 'none'), ...variables };
  const { code, stderr } = await world.sync({ environment });
  assert.equal(code, 0, stderr);
  assert.match(stderr, ESCROW_WARNING);
  assert.deepEqual(
    (await world.versions()).map(({ Key }) => Key).filter((it) => !it.startsWith('backup.info/')),
    ['pc/docs/a'],
  );
}

for (const cli of loadedAwsClis()) {
  test(`a backup with the credentials of a container, with AWS CLI ${cli.version}`, async (t) => {
    const { id, secret } = account();
    const credentials = { AccessKeyId: id, SecretAccessKey: secret, Token: '', Expiration: EXPIRATION };
    const { url, requests } = await serve(t, 'application/json', JSON.stringify(credentials));
    const world = new World('container', cli, (remove) => t.after(remove));
    await assertBacksUp(world, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN,
    });
    assert.ok(requests.length > 0 && requests.every((it) => it.startsWith(TOKEN)), `${requests}`);
  });
}

// Loaded AWS CLIs would keep the credentials in the home directory of whoever runs the tests.
for (const cli of awsClis().filter(asksOtherSts)) {
  test(`a backup with a web identity, with AWS CLI ${cli.version}`, async (t) => {
    const { id, secret } = account();
    const { url, requests } = await serve(
      t,
      'text/xml',
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken></SessionToken><Expiration>${EXPIRATION}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
    const world = new World('identity', cli, (remove) => t.after(remove));
    const tokenFile = join(world.folder, 'token');
    writeFileSync(tokenFile, TOKEN);
    await assertBacksUp(world, {
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/backup',
      AWS_ENDPOINT_URL_STS: url,
    });
    const asked = requests.map((it) => new URLSearchParams(it.replace(/^\S* /, '')));
    assert.ok(asked.length > 0 && asked.every((it) => it.get('WebIdentityToken') === TOKEN), `${requests}`);
  });
}
