import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance, findMisspellings } from '../../../lib/config/misspellings.js';

function misspellingsIn(names: string[], used: string[] = []): Record<string, string> {
  const misspellings = findMisspellings({ assigned: new Set(names), namesUsed: new Set(used) });
  return Object.fromEntries(misspellings.map(({ name, meant }) => [name, meant]));
}

test('names that look like a setting are found', () => {
  assert.deepEqual(misspellingsIn(['AWS_REGOIN', 'local_dir', 'FOLLOW_SYMLINK', 'AWS_BUCKETS', 'LOCALDIR']), {
    AWS_REGOIN: 'AWS_REGION',
    local_dir: 'LOCAL_DIR',
    FOLLOW_SYMLINK: 'FOLLOW_SYMLINKS',
    AWS_BUCKETS: 'AWS_BUCKET',
    LOCALDIR: 'LOCAL_DIR',
  });
});

test('names that begin or end like a setting are found', () => {
  assert.deepEqual(
    misspellingsIn([
      'MAX_DELETE_PERCENTAGE',
      'MAX_DELETE',
      'MAX_DELETE_FILES',
      'RETENTION_DAYS',
      'EXCLUDE_FILES',
      'NO_EXCLUDE',
      'LOCAL_DIRECTORY',
      'storage_class',
      'S3_ENDPOINT_URL',
      'AWS_ENDPOINT',
      'EXCLUDE_LARGER',
    ]),
    {
      MAX_DELETE_PERCENTAGE: 'MAX_DELETE_PERCENT',
      MAX_DELETE: 'MAX_DELETE_PERCENT',
      MAX_DELETE_FILES: 'MAX_DELETE_PERCENT',
      RETENTION_DAYS: 'AWS_RETENTION_DAYS',
      EXCLUDE_FILES: 'EXCLUDE',
      NO_EXCLUDE: 'EXCLUDE',
      LOCAL_DIRECTORY: 'LOCAL_DIR',
      storage_class: 'AWS_STORAGE_CLASS',
      S3_ENDPOINT_URL: 'AWS_ENDPOINT_URL',
      AWS_ENDPOINT: 'AWS_ENDPOINT_URL',
      EXCLUDE_LARGER: 'EXCLUDE_LARGER_THAN',
    },
  );
});

test('beside the setting itself, such a name is a note', () => {
  assert.deepEqual(misspellingsIn(['OLD_AWS_BUCKET', 'AWS_BUCKET', 'LOCAL_DIR_2025', 'LOCAL_DIR']), {});
});

test('names that the file itself uses are no misspellings', () => {
  assert.deepEqual(misspellingsIn(['LOCAL_DIR2'], ['LOCAL_DIR2']), {});
});

test('settings and the real variables of the AWS CLI are no misspellings', () => {
  const real = `AWS_ACCESS_KEY_ID AWS_ACCOUNT_ID AWS_CA_BUNDLE AWS_CLI_AUTO_PROMPT AWS_CONFIG_FILE AWS_DATA_PATH
    AWS_DEFAULT_OUTPUT AWS_DEFAULT_REGION AWS_DEFAULT_PROFILE AWS_EC2_METADATA_DISABLED AWS_ENDPOINT_URL
    AWS_ENDPOINT_URL_S3 AWS_MAX_ATTEMPTS AWS_PAGER AWS_PROFILE AWS_REGION AWS_RETRY_MODE AWS_ROLE_ARN
    AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SHARED_CREDENTIALS_FILE AWS_USE_FIPS_ENDPOINT
    AWS_REQUEST_CHECKSUM_CALCULATION AWS_WEB_IDENTITY_TOKEN_FILE HTTPS_PROXY NO_PROXY PATH HOME KEY LOG`;
  assert.deepEqual(misspellingsIn(real.split(/\s+/)), {});
});

test('the distance of two words is the number of letters to add, remove or replace', () => {
  const table: [string, string, number][] = [
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 2],
    ['kitten', 'sitting', 3],
  ];
  for (const [from, to, expected] of table) assert.equal(distance(from, to), expected, `${from} → ${to}`);
});
