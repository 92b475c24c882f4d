// The arguments of calls that delete objects. The linter names the files that may import this.
import { type BucketObject, namesOf } from './object-arguments.js';

/** @param file JSON for the AWS CLI: keys, with or without version ids */
export function deleteObjects(bucket: string, file: string): string[] {
  return ['s3api', 'delete-objects', '--bucket', bucket, '--delete', `file://${file}`, '--output', 'json'];
}

/** Adds a delete marker; with a version id, removes that version, which can't be undone. */
export function deleteObject(object: BucketObject): string[] {
  return ['s3api', 'delete-object', ...namesOf(object)];
}
