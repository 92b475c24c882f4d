// The expected calls of a run without faults, with their replies. Tests replace single ones.
import type { ObjectRow } from '../../lib/aws/arguments/list-arguments.js';
import { objectsPage } from './listings.js';
import type { Reply } from './scenario.js';

export const headBucket: Reply = { args: ['head-bucket'] };
export const bucketMissing: Reply = {
  ...headBucket,
  exitCode: 254,
  stderr: s3Error('404', 'HeadBucket', 'Not Found'),
};
export const escrowFound: Reply = {
  args: ['list-objects-v2', '--prefix=backup.info/key/data'],
  stdout: '{"Contents": [{"Key": "backup.info/key/data", "LastModified": "2026-11-01T12:00:00Z"}]}',
};
export const escrowMissing: Reply = { args: ['list-objects-v2', '--prefix=backup.info/key/data'] };
export const noSuchBucket: Reply = {
  ...escrowMissing,
  exitCode: 254,
  stderr: s3Error('NoSuchBucket', 'ListObjectsV2', 'The specified bucket does not exist'),
};
export const syncDone: Reply = { args: ['s3', 'sync'] };

/** The three reads of a verification; the last one returns `content`. */
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
/** The two reads that follow a refused HEAD request; they show that the object has another encryption key. */
export const keyIsWrong: readonly Reply[] = [
  { ...withWrongKey, args: [...withWrongKey.args, '--range=bytes=0-0'] },
  keyIsMissing,
];

/** The usual backup, `pc/docs/`, has no record. */
export const noRecord: Reply = recordMissing('pc/docs/');

/** The backup below `prefix` has no record. */
export function recordMissing(prefix: string): Reply {
  return {
    args: ['s3', 'cp', `s3://test-bucket/backup.info/runs/${prefix}last-run.json`],
    exitCode: 1,
    stderr: `fatal error: ${s3Error('404', 'HeadObject', 'Not Found').trim()}\n`,
  };
}

/** The bucket holds these files, by path with their content, stored after their last change. */
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

/** The encryption key is that of an object of the backup. */
export const keyIsRight: Reply = { args: ['head-object', '--sse-customer-key'] };
/** Stores the record and the tree. */
export const recordStored: Reply = { args: ['s3', 'cp', '--recursive'] };

/** The calls before the upload, when the bucket holds one file. */
export function callsBeforeUpload(content: string, path = 'a', prefix = 'pc/docs/'): Reply[] {
  return [escrowFound, recordMissing(prefix), listing({ [path]: content }, prefix), keyIsRight];
}

/** A whole run, when the bucket holds the only file and the escrowed key. */
export function goodRun(content: string, path = 'a', prefix = 'pc/docs/'): Reply[] {
  return [
    ...callsBeforeUpload(content, path, prefix),
    listing({ [path]: content }, prefix),
    recordStored,
    ...verification(content),
  ];
}

/** A whole first run: below an empty prefix, `aws s3 sync` uploads the only file. */
export function firstRun(content: string, path = 'a', prefix = 'pc/docs/', sync: Reply = syncDone): Reply[] {
  return [
    escrowFound,
    recordMissing(prefix),
    listing({}, prefix),
    sync,
    listing({ [path]: content }, prefix),
    recordStored,
    ...verification(content),
  ];
}

/** The calls before the upload, when the only file has changed since it was stored. */
export function callsBeforeUploadOfChanged(path = 'a'): Reply[] {
  return [escrowFound, noRecord, listing({ [path]: 'as it was before' }), keyIsRight];
}

/** Uploads due files by name. */
export const uploadDone: Reply = { args: ['s3', 'cp', 's3://test-bucket/pc/docs/', '--recursive'] };

/** An error of S3, as the AWS CLI prints it. */
export function s3Error(code: string, operation: string, message: string): string {
  return `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`;
}
