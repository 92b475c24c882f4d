// The calls of a run in which nothing goes wrong, to be varied by each test.
import type { ObjectRow } from '../../lib/aws/arguments/list-arguments.js';
import { objectsPage } from './listings.js';
import type { Reply } from './scenario.js';

export const headBucket: Reply = { args: ['head-bucket'] };
export const bucketMissing: Reply = {
  ...headBucket,
  exitCode: 254,
  stderr: s3Error('404', 'HeadBucket', 'Not Found'),
};
export const escrowThere: Reply = {
  args: ['list-objects-v2', '--prefix=backup.info/key/data'],
  stdout: '{"Contents": [{"Key": "backup.info/key/data", "LastModified": "2026-11-01T12:00:00Z"}]}',
};
export const escrowMissing: Reply = { args: ['list-objects-v2', '--prefix=backup.info/key/data'] };
export const noBucket: Reply = {
  ...escrowMissing,
  exitCode: 254,
  stderr: s3Error('NoSuchBucket', 'ListObjectsV2', 'The specified bucket does not exist'),
};
export const syncDone: Reply = { args: ['s3', 'sync'] };

/** The three reads of the verification, which gives back `content`. */
export function verification(content: string): Reply[] {
  return [withWrongKey, withoutKey, { args: ['s3', 'cp', '-'], stdout: content }];
}

export const withWrongKey: Reply = {
  args: ['get-object', '--sse-customer-key'],
  exitCode: 254,
  stderr: 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n',
};
export const withoutKey: Reply = {
  args: ['get-object'],
  exitCode: 254,
  stderr:
    'An error occurred (InvalidRequest) when calling the GetObject operation: The object was stored using a form of Server Side Encryption.\n',
};
export const keyIsMissing: Reply = { ...withoutKey, args: ['get-object', '--range=bytes=0-0'] };
/** What is asked of an object after a HEAD request that was refused: it has another key. */
export const keyIsWrong: readonly Reply[] = [
  { ...withWrongKey, args: [...withWrongKey.args, '--range=bytes=0-0'] },
  keyIsMissing,
];

/** What the runs of the tests know of the backup `pc/docs/` of a bucket without a record. */
export const noRecord: Reply = recordMissing('pc/docs/');

/** There is no record of a last run. */
export function recordMissing(prefix: string): Reply {
  return {
    args: ['s3', 'cp', `s3://test-bucket/backup.info/runs/${prefix}last-run.json`],
    exitCode: 1,
    stderr: `fatal error: ${s3Error('404', 'HeadObject', 'Not Found').trim()}\n`,
  };
}

/** The bucket holds these files, given by their content, and got them after they changed last. */
export function listing(files: Readonly<Record<string, string>>, prefix = 'pc/docs/'): Reply {
  const rows = Object.entries(files).map(
    ([path, content]): ObjectRow => [
      prefix + path,
      Buffer.byteLength(content),
      '2100-01-01T00:00:00+00:00',
      '"etag"',
    ],
  );
  return { args: ['list-objects-v2', `--prefix=${prefix}`], stdout: objectsPage(...rows) };
}

/** The key is that of an object of the backup. */
export const keyFits: Reply = { args: ['head-object', '--sse-customer-key'] };
/** The record and the tree are stored. */
export const recordStored: Reply = { args: ['s3', 'cp', '--recursive'] };

/** The calls that ask the bucket, up to the upload, when it holds one file. */
export function asked(content: string, path = 'a', prefix = 'pc/docs/'): Reply[] {
  return [escrowThere, recordMissing(prefix), listing({ [path]: content }, prefix), keyFits];
}

/** A whole run over an existing bucket that holds the only file, and an escrowed key. */
export function goodRun(content: string, path = 'a', prefix = 'pc/docs/'): Reply[] {
  return [
    ...asked(content, path, prefix),
    listing({ [path]: content }, prefix),
    recordStored,
    ...verification(content),
  ];
}

/** A whole first run, over an empty prefix, in which `aws s3 sync` uploads the only file. */
export function firstRun(content: string, path = 'a', prefix = 'pc/docs/', sync: Reply = syncDone): Reply[] {
  return [
    escrowThere,
    recordMissing(prefix),
    listing({}, prefix),
    sync,
    listing({ [path]: content }, prefix),
    recordStored,
    ...verification(content),
  ];
}

/** The calls that ask the bucket, up to the upload, when it holds the only file as it was before. */
export function askedAboutOlder(path = 'a'): Reply[] {
  return [escrowThere, noRecord, listing({ [path]: 'as it was before' }), keyFits];
}

/** What is due is uploaded by its name. */
export const uploadDone: Reply = { args: ['s3', 'cp', 's3://test-bucket/pc/docs/', '--recursive'] };

/** An answer of S3's in the words of the AWS CLI. */
export function s3Error(code: string, operation: string, message: string): string {
  return `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`;
}
