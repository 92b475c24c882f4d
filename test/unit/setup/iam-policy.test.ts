import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leastPolicy } from '../../../lib/setup/iam-policy.js';
import { read } from '../../docs/audit.js';

test('docs/security.md has the policy that init --iam prints', () => {
  const policy = leastPolicy('example-bucket-f9kgixb', 'workstation1/linux/user32/documents/', 'us-east-1');
  assert.ok(read('docs/security.md').includes(`\`\`\`json\n${policy}\`\`\``));
});

test('an empty prefix needs the whole bucket, and other partitions have other names', () => {
  const resources = (prefix: string, region: string) =>
    JSON.parse(leastPolicy('b', prefix, region)).Statement.map(
      ({ Resource }: { Resource: unknown }) => Resource,
    );
  assert.deepEqual(resources('', 'eu-central-1'), ['arn:aws:s3:::b', ['arn:aws:s3:::b/*']]);
  assert.deepEqual(resources('p/', 'us-gov-west-1')[1], [
    'arn:aws-us-gov:s3:::b/p/*',
    'arn:aws-us-gov:s3:::b/backup.info/*',
  ]);
});
