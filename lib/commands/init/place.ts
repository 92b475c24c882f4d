// The questions of init about the bucket: the profile, its name, its region; and what the bucket holds.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type AwsCli, DEFAULT_PROFILE } from '../../aws/aws-cli.js';
import { regionOfBucket } from '../../aws/bucket.js';
import { profileNames, readProfile } from '../../aws/settings/profile-files.js';
import { configureProfile } from '../../aws/start-aws.js';
import { BackupError } from '../../cli/errors.js';
import type { CommandContext } from '../../cli/main.js';
import * as check from '../../config/checks.js';
import { listBackups } from '../../records/backups-in-bucket.js';
import { fetchEscrowedKey } from '../../records/escrow.js';
import { findEscrow } from '../../records/escrow-state.js';
import { type EncryptionKey, keyOfEasyKey, newEncryptionKey } from '../../secrets/encryption-key.js';
import { answerBy, type Interview } from '../../setup/interview.js';
import { connectToBucket } from '../connection.js';
import type { InitRequest } from './request.js';

const NEW_PROFILE = '\nnew';

/** A bucket, as it is found. */
export interface Place {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  /** `undefined` for Amazon. */
  readonly endpointUrl: string | undefined;
  /** The prefixes of the backups in it. */
  readonly prefixes: readonly string[];
  /** The key in the bucket's escrow, or else a new one. */
  readonly encryptionKey: EncryptionKey;
  /** Whether the key comes from the bucket's escrow. */
  readonly isEscrowed: boolean;
}

/** The last answers for profile, bucket and region. */
type Answers = Partial<Record<'profile' | 'bucket' | 'region', string | undefined>>;

/** @throws {BackupError} if the bucket or its escrow can't be read, and nobody can answer again */
export async function askPlace(
  request: InitRequest,
  interview: Interview,
  context: CommandContext,
): Promise<Place> {
  const flags: Answers = { profile: request.profile, bucket: request.bucket, region: request.region };
  const before = { ...flags };
  const { profile, aws, escrow } = await interview.askTogether((isAgain) =>
    // The flags would only repeat the answers.
    askBucket(isAgain ? {} : flags, before, request, interview, context),
  );
  const { bucket, region, endpointUrl } = aws;
  interview.say(
    escrow === 'no bucket'
      ? `The bucket "${bucket}" does not exist yet.`
      : `The bucket "${bucket}" exists, in ${region}.`,
  );
  const prefixes = escrow === 'no bucket' ? [] : (await listBackups(aws)).map(({ prefix }) => prefix);
  const isEscrowed = typeof escrow !== 'string';
  const encryptionKey = isEscrowed ? await askEscrowedKey(aws, interview) : newEncryptionKey();
  return { profile, region, bucket, endpointUrl, prefixes, encryptionKey, isEscrowed };
}

interface AskedBucket {
  readonly profile: string;
  readonly aws: AwsCli;
  readonly escrow: Awaited<ReturnType<typeof findEscrow>>;
}

/**
 * @param given the flags
 * @param before the proposed answers; gets the new ones
 */
async function askBucket(
  given: Answers,
  before: Answers,
  request: InitRequest,
  interview: Interview,
  context: CommandContext,
): Promise<AskedBucket> {
  const profile = given.profile ?? (await askProfile(request.isYes, before.profile, interview));
  before.profile = profile;
  const bucket = await interview.ask({
    what: 'The name of the bucket',
    flag: '--bucket',
    given: given.bucket,
    // With --yes a repeated command must mean the same bucket.
    proposed: before.bucket ?? (request.isYes ? undefined : newBucketName()),
    check: answerBy('The name of the bucket', check.bucketName),
  });
  before.bucket = bucket;
  const { endpointUrl } = request;
  const usual = readProfile(profile, process.env)['region'] ?? process.env['AWS_REGION'] ?? 'us-east-1';
  const connectIn = (region: string) =>
    connectToBucket({ profile, region, bucket, ...(endpointUrl !== undefined && { endpointUrl }) }, context);
  const found =
    given.region === undefined && endpointUrl === undefined
      ? await regionOfBucket(connectIn(usual))
      : undefined;
  const region = await interview.ask({
    what: 'The region of the bucket',
    flag: '--region',
    given: given.region ?? found,
    proposed: before.region ?? usual,
    check: answerBy('The region', check.text),
  });
  before.region = region;
  const aws = connectIn(region);
  const escrow = await findEscrow(aws);
  if (escrow === 'no bucket') answerBy('The name of the bucket', check.newBucketName)(bucket);
  return { profile, aws, escrow };
}

/** @param wanted the profile that was given before; it may not exist */
async function askProfile(isYes: boolean, wanted: string | undefined, interview: Interview): Promise<string> {
  const names = profileNames(process.env);
  const choices = names.map((name) => ({ value: name, label: name }));
  // Credentials may come from elsewhere: variables, an EC2 instance.
  if (!names.includes(DEFAULT_PROFILE))
    choices.push({
      value: DEFAULT_PROFILE,
      label: 'none: credentials in variables, or of this EC2 instance',
    });
  choices.push({ value: NEW_PROFILE, label: 'a new one, by aws configure' });
  const isMissing = wanted !== undefined && !choices.some(({ value }) => value === wanted);
  const usual = isYes || names.includes(DEFAULT_PROFILE) ? DEFAULT_PROFILE : (names[0] ?? NEW_PROFILE);
  const chosen = await interview.choose(
    'Which profile of the AWS CLI has the credentials?',
    choices,
    isMissing ? NEW_PROFILE : (wanted ?? usual),
  );
  if (chosen !== NEW_PROFILE) return chosen;
  const name = await interview.ask({
    what: 'The name of the new profile',
    flag: '--profile',
    given: undefined,
    proposed: isMissing ? wanted : names.includes(DEFAULT_PROFILE) ? 'backup' : DEFAULT_PROFILE,
    check: answerBy('The name of the profile', check.printableName),
  });
  if (await configureProfile(name)) return name;
  throw new BackupError(`"aws configure --profile ${name}" has failed.`, {
    hint: 'Run it by hand, then init again.',
  });
}

/** Backups that share a bucket share the key, since its escrow holds one. */
async function askEscrowedKey(aws: AwsCli, interview: Interview): Promise<EncryptionKey> {
  interview.say(
    'The bucket holds the encryption key of other backups, protected by an easy-to-remember key. This backup gets the same one.',
  );
  return interview.askTogether(async () =>
    fetchEscrowedKey(aws, keyOfEasyKey(await interview.askEasyKey('That easy-to-remember key'))),
  );
}

/** A unique name, with the part of this host's name that is allowed. */
function newBucketName(): string {
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `backup-${host}-${randomBytes(3).toString('hex')}`;
}
