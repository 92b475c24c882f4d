// A backup for the doctor to examine.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Finding } from '../../lib/health/doctor/finding.js';
import { KEY, type Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

export interface Examined extends Outcome {
  readonly findings: readonly Finding[];
}

/** A config for an existing bucket without settings. */
export function worldWithBucket(t: TestContext): BucketWorld {
  const world = new BucketWorld(t);
  world.bucket.exists = true;
  world.write('a', 'content');
  return world;
}

export async function examine(world: BucketWorld, ...flags: string[]): Promise<Examined> {
  const outcome = await world.run('encrypted-s3', ['doctor', world.configFile, '--json', ...flags]);
  assert.ok(!`${outcome.stdout}${outcome.stderr}`.includes(KEY), 'the encryption key is printed');
  const { findings } = JSON.parse(outcome.stdout) as Pick<Examined, 'findings'>;
  return { ...outcome, findings };
}

export const stateOf = ({ findings }: Examined, check: string) =>
  findings.find((finding) => finding.check === check)?.state;
export const find = ({ findings }: Examined, check: string) =>
  findings.find((finding) => finding.check === check);
export const answers = (text: string) => `echo '${text.trim()}' >&2; exit 254`;
