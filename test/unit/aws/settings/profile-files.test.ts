import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ENDPOINT_PLUGIN, MAX_BANDWIDTH, readProfile } from '../../../../lib/aws/settings/profile-files.js';

const folder = mkdtempSync(join(tmpdir(), 'esb-profile-'));
after(() => rmSync(folder, { recursive: true }));
const environment = {
  HOME: folder,
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: '~/credentials',
};
writeFileSync(
  environment.AWS_CONFIG_FILE,
  `[default]
endpoint_url = https://default.example
[profile my.firm]
services = both
request_checksum_calculation = when_supported
[profile "two words"]
endpoint_url = https://two.example
[profile	 spaced]
ENDPOINT_URL : https://spaced.example
cli_history = enabled
s3 =
  endpoint_url = https://not-read-by-the-cli.example
[profile twice]
endpoint_url = https://config.example
cli_history = disabled
[services both]
dynamodb =
  endpoint_url = https://dynamodb.example
s3 =
  endpoint_url = https://s3.example
  max_concurrent_requests = 4
`,
);
writeFileSync(
  join(folder, 'credentials'),
  '[only]\naws_access_key_id = A\nendpoint_url = https://only.example\n[twice]\nendpoint_url = https://credentials.example\n',
);

test("a profile's settings are found, also below names with dots, blanks and quotes", async () => {
  assert.equal(readProfile('default', environment)['endpoint_url'], 'https://default.example');
  assert.equal(readProfile('two words', environment)['endpoint_url'], 'https://two.example');
  assert.equal(readProfile('only', environment)['endpoint_url'], 'https://only.example');
});

test('the credentials file overrides the config file', async () => {
  assert.deepEqual(readProfile('twice', environment), {
    endpoint_url: 'https://credentials.example',
    cli_history: 'disabled',
  });
});

test('a services section gives the endpoint of S3, not of another service', async () => {
  const settings = readProfile('my.firm', environment);
  assert.equal(settings['s3.endpoint_url'], 'https://s3.example');
  assert.equal(settings['endpoint_url'], undefined);
  assert.equal(settings['request_checksum_calculation'], 'when_supported');
});

test("whatever Python's configparser accepts is parsed the same way", async () => {
  const settings = readProfile('spaced', { ...environment, AWS_CONFIG_FILE: '${HOME}/config' });
  assert.deepEqual(settings, { endpoint_url: 'https://spaced.example', cli_history: 'enabled', s3: '' });
});

test('a line that is not indented deeper than the beginning of a block ends it', async () => {
  const file = join(folder, 'indented');
  writeFileSync(
    file,
    `[default]
    region = us-east-1
    s3 =
        endpoint_url = https://not-read-by-the-cli.example
    cli_history = enabled
    endpoint_url = https://indented.example
    ignore_configured_endpoint_urls = true
[plugins]
endpoint = awscli_plugin_endpoint
`,
  );
  assert.deepEqual(readProfile('default', { ...environment, AWS_CONFIG_FILE: file }), {
    region: 'us-east-1',
    s3: '',
    cli_history: 'enabled',
    endpoint_url: 'https://indented.example',
    ignore_configured_endpoint_urls: 'true',
    [ENDPOINT_PLUGIN]: 'awscli_plugin_endpoint',
  });
});

test("a limit of bandwidth counts in the profile's block of S3, and nowhere else", async () => {
  const file = join(folder, 'bandwidth');
  const limit = 's3 =\n  max_bandwidth = 1MB/s\n';
  writeFileSync(
    file,
    `[default]\n${limit}[profile plain]\nmax_bandwidth = 1MB/s\n[profile other]\nservices = some\n[services some]\n${limit}[profile third]\nec2 =\n  max_bandwidth = 1MB/s\n`,
  );
  const limitOf = async (profile: string) =>
    (await readProfile(profile, { ...environment, AWS_CONFIG_FILE: file }))[MAX_BANDWIDTH];
  assert.equal(await limitOf('default'), '1MB/s');
  for (const profile of ['plain', 'other', 'third']) assert.equal(await limitOf(profile), undefined);
});

test('no file, or no such profile, means no settings', async () => {
  assert.deepEqual(readProfile('default', { HOME: '/nonexistent' }), {});
  assert.deepEqual(readProfile('nobody', environment), {});
});
