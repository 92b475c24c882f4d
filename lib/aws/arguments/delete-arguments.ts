// The arguments of calls that delete objects. Only batch-deletion.ts imports this.
import { type BucketObject, namesOf } from './object-arguments.js';

/** @param file holds the keys, perhaps with version ids, as the AWS CLI's JSON */
export function deleteObjects(bucket: string, file: string): string[] {
  return ['s3api', 'delete-objects', '--bucket', bucket, '--delete', `file://${file}`, '--output', 'json'];
}

/** Puts a delete marker on top; or removes one version for good. */
export function deleteObject(object: BucketObject): string[] {
  return ['s3api', 'delete-object', ...namesOf(object)];
}
