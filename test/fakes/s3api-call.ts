// `aws s3api` of the fake: single requests to the fake bucket.
import { writeFileSync } from 'node:fs';
import type { Deletion } from './aws-arguments.js';
import { BucketCall } from './bucket-call.js';
import { firstObjects, objectPages, versionsPage } from './listings.js';

export class S3ApiCall extends BucketCall {
  answer(): void {
    const bucket = this.bucket;
    const key = this.args.option('--key');
    const calls: Readonly<Record<string, () => void>> = {
      'head-bucket': () => this.bucketOrEnd('HeadBucket', '404'),
      'get-bucket-location': () => {
        this.bucketOrEnd('GetBucketLocation', 'NoSuchBucket');
        this.call.print('eu-central-1\n');
      },
      'create-bucket': () => {
        bucket.exists = true;
      },
      'put-bucket-versioning': () => {
        bucket.isVersioned = true;
      },
      'put-bucket-lifecycle-configuration': () => this.#setBucket('--lifecycle-configuration'),
      'put-bucket-encryption': () => this.#setBucket('--server-side-encryption-configuration'),
      'put-public-access-block': () => this.#setBucket('--public-access-block-configuration'),
      'get-bucket-lifecycle-configuration': () =>
        this.#getBucket('--lifecycle-configuration', 'NoSuchLifecycleConfiguration'),
      'get-bucket-encryption': () =>
        this.#getBucket(
          '--server-side-encryption-configuration',
          'ServerSideEncryptionConfigurationNotFoundError',
        ),
      'get-public-access-block': () =>
        this.#getBucket('--public-access-block-configuration', 'NoSuchPublicAccessBlockConfiguration'),
      'get-object-lock-configuration': () =>
        this.#getBucket('--object-lock-configuration', 'ObjectLockConfigurationNotFoundError'),
      'get-bucket-versioning': () => this.call.print(bucket.isVersioned ? 'Enabled\n' : 'None\n'),
      'list-objects-v2': () => this.#list(this.args.option('--prefix')),
      'list-object-versions': () => this.#listVersions(this.args.option('--prefix')),
      'get-object': () => this.#getObject(key, this.args.option('--version-id')),
      'head-object': () => this.#head(key, this.args.option('--version-id')),
      'delete-object': () => this.#delete(key, this.args.option('--version-id')),
      'delete-objects': () => this.#deleteObjects(this.args.deletions),
    };
    (calls[this.args.operation] ?? (() => this.unexpected()))();
  }

  #setBucket(option: string): void {
    this.bucket.settings.set(option, this.args.after(option));
  }

  #getBucket(option: string, absent: string): void {
    const value = this.bucket.settings.get(option);
    if (value === undefined) this.end(254, `An error occurred (${absent}) when calling the Get operation: x`);
    this.call.print(asPrinted(option, value));
  }

  /** @param id of the version or delete marker to remove permanently; '' adds a delete marker */
  #delete(key: string, id: string): void {
    if (id === '') this.add(key, undefined);
    else this.bucket.removeVersion(key, id);
  }

  #deleteObjects(objects: readonly Deletion[]): void {
    if (objects.length > 1000)
      this.end(254, 'An error occurred (MalformedXML) when calling the DeleteObjects operation: x');
    for (const { Key, VersionId = '' } of objects) this.#delete(Key, VersionId);
  }

  /** @param id of the version, or '' */
  #head(key: string, id: string): void {
    const object = this.findReadable(key, 'HeadObject', '', id);
    const LastModified = new Date(Math.floor(object.time / 1000) * 1000).toISOString();
    if (this.args.has('--checksum-mode'))
      this.call.print(JSON.stringify({ LastModified, ...this.bucket.checksumsOf(object.body) }));
    if (this.args.has('[VersionId,LastModified]'))
      this.call.print(`${this.bucket.isVersioned ? object.id : 'None'}	${LastModified}
`);
  }

  /** @param id of the version, or '' */
  #getObject(key: string, id: string): void {
    const { body } = this.findReadable(key, 'GetObject', '', id);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(this.args.option('--range')) ?? [];
    const file = this.call.path(this.args.all.at(-1) ?? '');
    // The AWS CLI prints a description of the object.
    this.call.print('bytes\n');
    writeFileSync(file, first === undefined ? body : body.subarray(Number(first), Number(last) + 1));
    if (!/^\/(dev|proc)\//.test(file)) this.call.giveToUser(file);
  }

  #listVersions(prefix: string): void {
    this.bucketOrEnd('ListObjectVersions', 'NoSuchBucket');
    this.call.print(JSON.stringify(versionsPage(this.bucket, prefix, this.args.marker)));
  }

  #list(prefix: string): void {
    this.bucketOrEnd('ListObjectsV2', 'NoSuchBucket');
    const count = Number(this.args.after('--max-keys'));
    this.call.print(count > 0 ? firstObjects(this.bucket, prefix, count) : objectPages(this.bucket, prefix));
  }
}

/** The output of the AWS CLI for a setting, given the value that set it. */
function asPrinted(option: string, value: string): string {
  if (option === '--lifecycle-configuration') return value;
  if (option === '--server-side-encryption-configuration')
    return `{"ServerSideEncryptionConfiguration":${value}}`;
  const names = value.split(',').map((pair) => `"${pair.replace('=', '":')}`);
  return `{"PublicAccessBlockConfiguration":{${names.join(',')}}}`;
}
