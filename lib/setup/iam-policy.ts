// The least permissions that a backup to an existing bucket needs, and any restore from it.
import { RESERVED_PREFIX } from '../aws/listing.js';

/**
 * An IAM policy, as JSON.
 * @param prefix of the backup: '' or ends in a `/`
 */
export function leastPolicy(bucket: string, prefix: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const objects = prefix === '' ? [''] : [prefix, RESERVED_PREFIX];
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketVersioning'],
        Resource: arn,
      },
      {
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:GetObjectVersion',
          's3:PutObject',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
        ],
        Resource: objects.map((beginning) => `${arn}/${beginning}*`),
      },
    ],
  };
  return `${JSON.stringify(policy, undefined, 2)}\n`;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
