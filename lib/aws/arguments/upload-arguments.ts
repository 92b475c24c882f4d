// The arguments of calls that store objects: what can overwrite. Only what uploads imports this.
import { type BucketObject, SSE_C, s3Url } from './object-arguments.js';

/** How files are stored in the bucket. */
export interface UploadTarget {
  readonly bucket: string;
  /** '' or ends in a `/`. */
  readonly prefix: string;
  readonly storageClass: string;
}

/**
 * The original's flags, without `--acl`, and without `--delete`: what is deleted is decided by us. No `--exclude`: the
 * AWS CLI would walk through what it leaves out.
 */
export function syncArguments(localDir: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const target = s3Url({ bucket, key: prefix });
  return ['s3', 'sync', localDir, target, '--no-follow-symlinks', ...storedAs(storageClass)];
}

/** Uploads what the links in a folder lead to, under the links' names, whatever the bucket holds; tells each file. */
export function uploadAll(folder: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const flags = ['--recursive', '--follow-symlinks', '--no-progress'];
  return ['s3', 'cp', folder, s3Url({ bucket, key: prefix }), ...flags, ...storedAs(storageClass)];
}

/** Uploads one file under any name. */
export function uploadOne(file: string, object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', file, s3Url(object), '--no-progress', ...storedAs(storageClass)];
}

/** Stores standard input as one object. */
export function putFromStdin(object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', '-', s3Url(object), ...storedAs(storageClass), '--only-show-errors'];
}

function storedAs(storageClass: string): string[] {
  return [
    '--no-guess-mime-type',
    ...SSE_C,
    '--storage-class',
    storageClass,
    '--content-type',
    'application/octet-stream',
  ];
}
