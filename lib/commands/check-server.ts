// Checks the AWS CLI, the bucket, and what earlier runs have stored in it.
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { readProfile } from '../aws/settings/profile-files.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import type { BackupConfig } from '../config/backup-config.js';
import { checkAwsProgram } from '../health/doctor/aws-program.js';
import { checkExists, checkOwner, checkRegion } from '../health/doctor/bucket.js';
import { ok } from '../health/doctor/finding.js';
import { checkIdentity, judgeCredentials } from '../health/doctor/identity.js';
import { checkEscrow, checkOtherKeys, judgeLastRun } from '../health/doctor/records.js';
import type { DoctorReport } from '../health/doctor/report.js';
import { checkObjectLock } from '../health/doctor/settings.js';
import { checkSseC } from '../health/doctor/sse-c.js';
import { fetchLastRun } from '../records/last-run.js';
import { askForEscrowedKey } from './ask-key.js';
import { checkSettings, type Mending } from './bucket-settings.js';
import { connectToBucket } from './connection.js';

export interface ServerRequest extends Mending {
  /** The greatest age of the last complete run (seconds). */
  readonly maxAge: number;
  /** Whether to ask for the easy-to-remember key, and to fetch the encryption key with it. */
  readonly triesEscrow: boolean;
}

const OF_SETTINGS = ['versioning', 'lifecycle', 'SSE-C allowed', 'public access'] as const;
/** The names of what `checkServer` checks once it is connected. */
export const OF_THE_SERVER = [
  'AWS CLI',
  'identity',
  'bucket',
  'region',
  'owner',
  ...OF_SETTINGS,
  'Object Lock',
  'SSE-C',
  'clock',
  'rights',
  'last run',
  'full check',
  'escrow',
  'other keys',
] as const;

export async function checkServer(
  report: DoctorReport,
  config: BackupConfig,
  request: ServerRequest,
  context: CommandContext,
): Promise<void> {
  const { log } = context;
  const { environment, configFile, fullCheckHours, prefix, profile } = config;
  let connected: AwsCli | undefined;
  const connection = await report.check(['endpoint'], undefined, () => {
    connected = connectToBucket(config, context);
    return [ok('endpoint', `${connected.endpointUrl ?? "AWS's own"}; nothing leads the AWS CLI elsewhere`)];
  });
  const settings = readProfile(profile, environment);
  report.add(judgeCredentials(config, settings, environment, process.env, Date.now()));
  if (connected === undefined) {
    await report.check(OF_THE_SERVER, connection, () => []);
    return;
  }
  const aws = connected;
  const remote = { aws, prefix, log };
  const program = await report.check(['AWS CLI'], undefined, () => checkAwsProgram(aws));
  let account: string | undefined;
  const identity = await report.check(['identity'], program, async () => {
    const checked = await checkIdentity(aws, configFile);
    account = checked.account;
    return [checked.finding];
  });
  let isThere = false;
  const reached = await report.check(['bucket'], identity, async () => {
    const finding = await checkExists(aws, configFile);
    isThere = finding.state === 'ok';
    return [finding];
  });
  const bucket = reached ?? (isThere ? undefined : 'there is no bucket');
  await report.checkTogether(bucket, [
    [['region'], async () => [await checkRegion(aws, configFile)]],
    [['owner'], async () => [await checkOwner(aws, account, configFile)]],
    [OF_SETTINGS, () => checkSettings(aws, config, request, context)],
  ]);
  const expected = { maxAge: request.maxAge, fullCheckHours, configFile };
  const lastRun = async () => judgeLastRun(await fetchLastRun(remote), expected, Date.now());
  const escrow = async () => {
    // This notes the trial.
    if (request.triesEscrow) await askForEscrowedKey(aws, new Prompt(stderr, context.interruption));
    return [await checkEscrow(remote, configFile)];
  };
  // After the settings, which may have been corrected.
  await report.checkTogether(bucket, [
    [['Object Lock'], async () => [await checkObjectLock(aws)]],
    [['SSE-C', 'clock', 'rights'], () => checkSseC(aws, log, configFile)],
    [['last run', 'full check'], lastRun],
    [['escrow'], escrow],
    [['other keys'], async () => [await checkOtherKeys(aws, configFile)]],
  ]);
}
