/**
 * Whether it is a version id: S3's are up to 1,024 bytes that need no encoding in a URL. Those of Amazon, Ceph, MinIO
 * and others have letters, digits and these signs; none of them means anything to the AWS CLI or to a shell.
 */
export function isVersionId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.~+=/-]{1,1024}$/.test(value);
}
