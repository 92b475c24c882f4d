// The probe: an object with a random name below backup.info/probe/ and random content. It is stored and removed again.
import { randomBytes } from 'node:crypto';
import type { Log } from '../../cli/log/log.js';
import { readVersionId } from '../arguments/download-arguments.js';
import { type BucketObject, isVersionId, s3Url } from '../arguments/object-arguments.js';
import { putFromStdin } from '../arguments/upload-arguments.js';
import type { AwsCli } from '../aws-cli.js';
import { deleteObject } from '../deletions.js';
import { kindOfAwsError } from '../errors/error-kinds.js';
import { RESERVED_PREFIX } from '../listing.js';

/** Other classes bill at least 30 days. */
const STORAGE_CLASS = 'STANDARD';

/** What the removal of the probe has shown. */
export interface RemovedProbe {
  /** When it was stored, by the server's clock: ISO 8601, in whole seconds. */
  readonly lastModified: string | undefined;
  /** Whether its version could be removed; `no versions` in a bucket without versioning. */
  readonly removal: 'done' | 'denied' | 'failed' | 'no versions';
}

export class Probe {
  readonly object: BucketObject;
  readonly content = `${randomBytes(16).toString('hex')}\n`;
  readonly #aws: AwsCli;

  private constructor(aws: AwsCli) {
    const name = randomBytes(16).toString('hex');
    this.object = { bucket: aws.bucket, key: `${RESERVED_PREFIX}probe/${name}` };
    this.#aws = aws;
  }

  /**
   * @param aws with the probe's own key
   * @throws {AwsError} if it can't be stored, for example because the bucket blocks SSE-C
   */
  static async store(aws: AwsCli): Promise<Probe> {
    const probe = new Probe(aws);
    await aws.runOrThrow(putFromStdin(probe.object, STORAGE_CLASS), { input: probe.content });
    return probe;
  }

  /**
   * Removes the probe's version, if the profile's user may do that; otherwise adds a delete marker.
   * @param log for a warning if that fails
   */
  async remove(log: Log): Promise<RemovedProbe> {
    const { object } = this;
    const aws = this.#aws;
    const head = await aws.run(readVersionId(object));
    const [versionId = '', lastModified] = head.stdout.trim().split('\t');
    let removal: RemovedProbe['removal'] = 'no versions';
    if (head.exitCode === 0 && versionId !== 'None' && isVersionId(versionId)) {
      const { exitCode, stderr } = await aws.run(deleteObject({ ...object, versionId }));
      if (exitCode === 0) return { lastModified, removal: 'done' };
      removal = kindOfAwsError(stderr) === 'access-denied' ? 'denied' : 'failed';
    }
    const args = deleteObject(object);
    const answer = await aws.run(args);
    if (answer.exitCode === 0) return { lastModified, removal };
    const why = aws.errorOf(args, answer).detail.replace(/\.$/, '');
    log.warn(`The test object ${s3Url(object)} could not be removed: ${why}.`);
    return { lastModified, removal };
  }
}
