// The calls of a run in which nothing goes wrong, to be varied by each test.
import type { Reply } from './scenario.js';

export const headBucket: Reply = { args: ['head-bucket'] };
export const escrowThere: Reply = {
  args: ['list-objects-v2', '--prefix=backup.info/key/data'],
  stdout: '{"Contents": [{"Key": "backup.info/key/data"}]}',
};
export const escrowMissing: Reply = { args: ['list-objects-v2', '--prefix=backup.info/key/data'] };
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
export const keyIsMissing: Reply = {
  args: ['head-object'],
  exitCode: 254,
  stderr: 'An error occurred (400) when calling the HeadObject operation: Bad Request\n',
};

/** A whole run over an existing bucket that holds an escrowed key. */
export function goodRun(content: string): Reply[] {
  return [headBucket, escrowThere, syncDone, ...verification(content)];
}

/** An answer of S3's in the words of the AWS CLI. */
export function s3Error(code: string, operation: string, message: string): string {
  return `\nAn error occurred (${code}) when calling the ${operation} operation: ${message}\n`;
}
