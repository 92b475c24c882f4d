// The arguments of calls that store objects, and may overwrite some. The linter names the files that may import this.
import { type BucketObject, SSE_C, s3Url } from './object-arguments.js';

/** Where files are stored, and how. */
interface UploadTarget {
  readonly bucket: string;
  /** '' or ends in a `/`. */
  readonly prefix: string;
  readonly storageClass: string;
}

/**
 * The original scripts' flags except `--acl` and `--delete`: this program decides what is deleted. No `--exclude`: the
 * AWS CLI would walk through excluded folders.
 */
export function syncArguments(localDir: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const target = s3Url({ bucket, key: prefix });
  return ['s3', 'sync', localDir, target, '--no-follow-symlinks', ...storedAs(storageClass)];
}

/** Uploads the targets of the links in a folder under the links' names, and prints a line for each. */
export function uploadAll(folder: string, { bucket, prefix, storageClass }: UploadTarget): string[] {
  const flags = ['--recursive', '--follow-symlinks', '--no-progress'];
  return ['s3', 'cp', folder, s3Url({ bucket, key: prefix }), ...flags, ...storedAs(storageClass)];
}

/** Uploads one file under any key. */
export function uploadOne(file: string, object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', file, s3Url(object), '--no-progress', ...storedAs(storageClass)];
}

/** Stores standard input as one object. */
export function putFromStdin(object: BucketObject, storageClass: string): string[] {
  return ['s3', 'cp', '-', s3Url(object), ...storedAs(storageClass), '--only-show-errors'];
}

function storedAs(storageClass: string): string[] {
  const type = ['--content-type', 'application/octet-stream'];
  return ['--no-guess-mime-type', ...SSE_C, '--storage-class', storageClass, ...type];
}
