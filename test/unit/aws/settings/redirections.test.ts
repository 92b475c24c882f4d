import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { readProfile } from '../../../../lib/aws/settings/profile-files.js';
import { assertNoRedirections } from '../../../../lib/aws/settings/redirections.js';

const folder = mkdtempSync(join(tmpdir(), 'esb-other-ways-'));
after(() => rmSync(folder, { recursive: true }));
let homes = 0;

/** Checks the profile `default` in a home with these files. */
async function ask(
  files: Readonly<Record<string, string>>,
  { variables = {}, endpointUrl }: { variables?: NodeJS.ProcessEnv; endpointUrl?: string } = {},
): Promise<void> {
  homes += 1;
  const home = join(folder, `${homes}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  const environment = { HOME: home, ...variables };
  await assertNoRedirections('default', readProfile('default', environment), environment, endpointUrl);
}

const ALIAS = '.aws/cli/alias';
const CONFIG = '.aws/config';
const S3 = '.aws/models/s3/2006-03-01';

test('aliases that change what s3 and s3api do are refused', async () => {
  for (const text of [
    '[toplevel]\ns3 = s3 --endpoint-url http://10.0.0.1:9000\n',
    '[toplevel]\nx = y\ns3api = s3api --no-verify-ssl\n',
    '# comment\n\n[toplevel]\r\n  S3 : !evil\r\n',
    '[toplevel]\ns3 =\n  s3 --debug\n',
    '[DEFAULT]\ns3 = s3 --debug\n[toplevel]\nx = y\n',
    '[command s3]\ncp = cp --endpoint-url http://10.0.0.1:9000\n',
    '[command   s3api]\nget-object = !evil\n',
    '[command s3api wait]\nx = y\n',
    '[DEFAULT]\ncp = cp --debug\n[command s3]\nx = y\n',
  ]) {
    await assert.rejects(
      ask({ [ALIAS]: text }),
      /BackupError: .*alias, section \[.*"aws s3(api)?" does/,
      text,
    );
  }
});

test('other aliases are accepted', async () => {
  for (const text of [
    '',
    '[toplevel]\nwhoami = sts get-caller-identity\nls3 = s3 ls\n',
    '[toplevel]\n#s3 = s3 --debug\nlist = !f() {\n    s3="aws s3 ls"\n    [toplevel]\n    s3 = x\n  }; f\n',
    '[other]\ns3 = s3 --debug\n[command ec2]\ns3 = s3 --debug\n',
    '[toplevel]\nfoo =\n  !f() {\n  s3=1\n  }\n',
  ]) {
    await ask({ [ALIAS]: text });
  }
});

test('descriptions that can override the endpoint are refused, and others are not', async () => {
  for (const name of [
    `${S3}/endpoint-rule-set-1.json`,
    `${S3}/service-2.json.gz`,
    '.aws/models/endpoints.json',
    '.aws/models/partitions.json',
    '.aws/models/cli.json',
  ]) {
    await assert.rejects(ask({ [name]: '{}' }), /models\/\S+ replaces what the AWS CLI knows/, name);
  }
  const extras = `${S3}/service-2.sdk-extras.json`;
  const prefix = '{"merge":{"operations":{"PutObject":{"endpoint":{"hostPrefix":"elsewhere/"}}}}}';
  await assert.rejects(ask({ [extras]: prefix }), /replaces what the AWS CLI knows/);
  await ask({ [extras]: '{"merge":{"shapes":{}}}', '.aws/models/sqs/2012-11-05/service-2.json': '{}' });
});

test('cli_history is refused wherever the AWS CLI reads it', async () => {
  for (const files of [
    { [CONFIG]: '[default]\ncli_history = enabled\n' },
    { [CONFIG]: '[DEFAULT]\ncli_history = enabled\n[default]\nregion = x\n' },
    { [CONFIG]: '[profiles default]\ncli_history = enabled\n' },
    { [CONFIG]: '[profile default]\ncli_history = disabled\n[default]\ncli_history = enabled\n' },
    { '.aws/credentials': '[DEFAULT]\ncli_history = enabled\n[default]\nx = y\n' },
  ]) {
    await assert.rejects(ask(files), /cli_history enabled/, JSON.stringify(files));
  }
  await ask({
    [CONFIG]: '[DEFAULT]\nx = y\n[default]\nregion = x\n[profile other]\ncli_history = enabled\n',
  });
});

test('an empty ca_bundle is refused, since the AWS CLI would accept any certificate', async () => {
  await assert.rejects(ask({ [CONFIG]: '[default]\nca_bundle =\n' }), /accept any certificate/);
  await ask({ [CONFIG]: '[default]\nca_bundle = /etc/ssl/own.pem\n' });
});

test('the plugin that chooses endpoints is accepted with an endpoint flag, unless it accepts any certificate', async () => {
  const plugin = '[plugins]\nendpoint = awscli_plugin_endpoint\n';
  const endpointUrl = 'https://s3.example';
  await assert.rejects(ask({ [CONFIG]: `[default]\nx = y\n${plugin}` }), /not checked here/);
  await ask({ [CONFIG]: `[default]\nx = y\n${plugin}` }, { endpointUrl });
  const unverified = `[default]\ns3 =\n  verify_ssl = False\n${plugin}`;
  await assert.rejects(ask({ [CONFIG]: unverified }, { endpointUrl }), /has verify_ssl = false/);
});

test('a config file named as ~USER/… is refused', async () => {
  await assert.rejects(ask({}, { variables: { AWS_CONFIG_FILE: '~root/config' } }), /AWS_CONFIG_FILE names/);
});
