// What init asks about the bucket: by which profile, which one, where, and what is in it.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type AwsCli, DEFAULT_PROFILE } from '../aws/aws-cli.js';
import { regionOfBucket } from '../aws/bucket-region.js';
import { profileNames, readProfile } from '../aws/settings/profile-files.js';
import { configureProfile } from '../aws/start-aws.js';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import * as check from '../config/checks.js';
import { listBackups } from '../records/backups-in-bucket.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { findEscrow } from '../records/escrow-state.js';
import { type EncryptionKey, keyOfEasyKey } from '../secrets/encryption-key.js';
import { newEncryptionKey } from '../secrets/new-encryption-key.js';
import { answerBy, type Interview } from '../setup/interview.js';
import { connectToBucket } from './connection.js';
import type { InitRequest } from './init-request.js';

const NEW_PROFILE = '\nnew';

/** A bucket, as it is found. */
export interface Place {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  /** Of the backups in it. */
  readonly prefixes: readonly string[];
  /** That of the bucket's escrow, or else a new one. */
  readonly encryptionKey: EncryptionKey;
  /** Whether the key has just come from the bucket's escrow. */
  readonly isEscrowed: boolean;
}

/** @throws {BackupError} if the bucket can't be asked, or its escrow can't be read, and nobody can be asked again */
export async function askPlace(
  request: InitRequest,
  interview: Interview,
  context: CommandContext,
): Promise<Place> {
  const ask = () => askBucket(request, interview, context);
  // Flags would give the same answers again.
  const isGiven = request.profile !== undefined && request.bucket !== undefined;
  const { profile, aws, escrow } = await (isGiven ? ask() : interview.askTogether(ask));
  const { bucket, region } = aws;
  interview.say(
    escrow === 'no bucket'
      ? `The bucket "${bucket}" does not exist yet.`
      : `The bucket "${bucket}" exists, in ${region}.`,
  );
  const prefixes = escrow === 'no bucket' ? [] : (await listBackups(aws)).map(({ prefix }) => prefix);
  const isEscrowed = typeof escrow !== 'string';
  const encryptionKey = isEscrowed ? await askEscrowedKey(aws, interview) : newEncryptionKey();
  return { profile, region, bucket, prefixes, encryptionKey, isEscrowed };
}

interface AskedBucket {
  readonly profile: string;
  readonly aws: AwsCli;
  readonly escrow: Awaited<ReturnType<typeof findEscrow>>;
}

async function askBucket(
  request: InitRequest,
  interview: Interview,
  context: CommandContext,
): Promise<AskedBucket> {
  const { endpointUrl } = request;
  const profile = await askProfile(request, interview);
  const bucket = await interview.ask({
    what: 'The name of the bucket',
    flag: '--bucket',
    given: request.bucket,
    // With --yes the same command has to mean the same bucket when it is run again.
    proposed: request.isYes ? undefined : `backup-${slug(hostname())}-${randomBytes(3).toString('hex')}`,
    check: answerBy('The name of the bucket', check.bucketName),
  });
  const usual = readProfile(profile, process.env)['region'] ?? process.env['AWS_REGION'] ?? 'us-east-1';
  const connectIn = (region: string) =>
    connectToBucket({ profile, region, bucket, ...(endpointUrl !== undefined && { endpointUrl }) }, context);
  const found =
    request.region === undefined && endpointUrl === undefined
      ? await regionOfBucket(connectIn(usual))
      : undefined;
  const region = await interview.ask({
    what: 'The region of the bucket',
    flag: '--region',
    given: request.region ?? found,
    proposed: usual,
    check: answerBy('The region', check.text),
  });
  const aws = connectIn(region);
  return { profile, aws, escrow: await findEscrow(aws) };
}

async function askProfile(request: InitRequest, interview: Interview): Promise<string> {
  if (request.profile !== undefined) return request.profile;
  const names = profileNames(process.env);
  const choices = names.map((name) => ({ value: name, label: name }));
  // Credentials may come from elsewhere: variables, an EC2 instance.
  if (!names.includes(DEFAULT_PROFILE))
    choices.push({
      value: DEFAULT_PROFILE,
      label: 'none: credentials in variables, or of this EC2 instance',
    });
  choices.push({ value: NEW_PROFILE, label: 'a new one, by aws configure' });
  const proposed =
    request.isYes || names.includes(DEFAULT_PROFILE) ? DEFAULT_PROFILE : (names[0] ?? NEW_PROFILE);
  const chosen = await interview.choose(
    'Which profile of the AWS CLI has the credentials?',
    choices,
    proposed,
  );
  if (chosen !== NEW_PROFILE) return chosen;
  const name = await interview.ask({
    what: 'The name of the new profile',
    flag: '--profile',
    given: undefined,
    proposed: names.includes(DEFAULT_PROFILE) ? 'backup' : DEFAULT_PROFILE,
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

/** What of a name may be in the name of a bucket. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
}
