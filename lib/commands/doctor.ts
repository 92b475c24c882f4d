// Everything that a backup needs, a line each, and what to do about what is missing.
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { readProfile } from '../aws/settings/profile-files.js';
import { inspectSource } from '../backup/inspect-source.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { formatCount } from '../cli/units/quantities.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { checkAwsProgram } from '../health/doctor/aws-program.js';
import { checkBucket, checkOwner, checkRegion } from '../health/doctor/bucket.js';
import { checkConfig } from '../health/doctor/config.js';
import { failedBy, ok } from '../health/doctor/finding.js';
import { checkIdentity, judgeCredentials } from '../health/doctor/identity.js';
import { checkMachine } from '../health/doctor/machine.js';
import { checkEscrow, checkOtherKeys, judgeLastRun } from '../health/doctor/records.js';
import { DoctorReport } from '../health/doctor/report.js';
import { checkObjectLock } from '../health/doctor/settings.js';
import { judgeSource } from '../health/doctor/source.js';
import { checkSseC } from '../health/doctor/sse-c.js';
import { fetchEscrowedKey } from '../records/escrow.js';
import { fetchLastRun } from '../records/last-run.js';
import { keyOfEasyKey } from '../secrets/encryption-key.js';
import { checkSettings, type Mending } from './bucket-settings.js';
import { connectToBucket } from './connection.js';
import { testHooks } from './hooks.js';

export interface DoctorRequest extends Mending {
  readonly config: string | undefined;
  /** In the place of the config's. */
  readonly profile: string | undefined;
  /** Seconds that the last complete run may be old. */
  readonly maxAge: number;
  readonly isJson: boolean;
  /** Whether to ask for the easy-to-remember key, and to get the encryption key back with it. */
  readonly triesEscrow: boolean;
  /** Whether to fire the hooks. */
  readonly firesHooks: boolean;
}

/** @returns 0; 1 with warnings, 2 with failures */
export async function doctor(request: DoctorRequest, context: CommandContext): Promise<number> {
  const report = new DoctorReport(request.isJson);
  const config = await findConfig(report, request);
  if (config === undefined) await report.check(AFTER_CONFIG, 'the config has to be right first', () => []);
  else {
    if (request.firesHooks) report.add(...(await testHooks(config)));
    await checkThisMachine(report, config, context);
    await checkServer(report, config, request, context);
  }
  return report.end();
}

async function findConfig(
  report: DoctorReport,
  { config: named, profile }: DoctorRequest,
): Promise<BackupConfig | undefined> {
  let file: string;
  try {
    file = configFileOrDefault(named);
  } catch (error) {
    report.add(failedBy('config', error));
    return undefined;
  }
  const { config, findings } = await checkConfig(file);
  report.add(...findings);
  return config && profile !== undefined ? { ...config, profile } : config;
}

async function checkThisMachine(
  report: DoctorReport,
  config: BackupConfig,
  { log, interruption }: CommandContext,
): Promise<void> {
  await report.check(['LOCAL_DIR', 'ctime'], undefined, async () => {
    const source = await inspectSource(config, interruption, (files) =>
      log.progress(`looking at LOCAL_DIR: ${formatCount(files, 'file')}`),
    );
    log.progress(undefined);
    return judgeSource(config.localDir, source, config.compareContent);
  });
  report.add(...checkMachine(config));
}

async function checkServer(
  report: DoctorReport,
  config: BackupConfig,
  request: DoctorRequest,
  context: CommandContext,
): Promise<void> {
  const { log } = context;
  const { encryptionKey, environment, fullCheckHours, prefix, profile } = config;
  let connected: AwsCli | undefined;
  const connection = await report.check(['endpoint'], undefined, () => {
    connected = connectToBucket(config, context);
    return [ok('endpoint', `${connected.endpointUrl ?? "AWS's own"}; nothing leads the AWS CLI elsewhere`)];
  });
  const settings = readProfile(profile, environment);
  report.add(judgeCredentials(profile, settings, environment, process.env, Date.now()));
  if (connected === undefined) {
    await report.check(OF_THE_SERVER, connection, () => []);
    return;
  }
  const aws = connected;
  const remote = { aws, encryptionKey, prefix, log };
  const program = await report.check(['AWS CLI'], undefined, () => checkAwsProgram(aws));
  let account: string | undefined;
  const identity = await report.check(['identity'], program, async () => {
    const checked = await checkIdentity(aws);
    account = checked.account;
    return [checked.finding];
  });
  let isThere = false;
  const reached = await report.check(['bucket'], identity, async () => {
    const finding = await checkBucket(aws);
    isThere = finding.state === 'ok';
    return [finding];
  });
  const bucket = reached ?? (isThere ? undefined : 'there is no bucket');
  await report.check(['region'], bucket, async () => [await checkRegion(aws)]);
  await report.check(['owner'], bucket, async () => [await checkOwner(aws, account)]);
  await report.check(OF_SETTINGS, bucket, () => checkSettings(aws, config, request, context));
  await report.check(['Object Lock'], bucket, async () => [await checkObjectLock(aws)]);
  await report.check(['SSE-C', 'clock', 'rights'], bucket, () => checkSseC(aws, log));
  const expected = { maxAge: request.maxAge, fullCheckHours };
  await report.check(['last run', 'full check'], bucket, async () =>
    judgeLastRun(await fetchLastRun(remote), expected, Date.now()),
  );
  await report.check(['escrow'], bucket, async () => {
    if (request.triesEscrow) await tryEscrow(aws, context);
    return [await checkEscrow(remote)];
  });
  await report.check(['other keys'], bucket, async () => [await checkOtherKeys(remote)]);
}

const OF_SETTINGS = ['versioning', 'lifecycle', 'SSE-C allowed', 'public access'] as const;
const OF_THE_SERVER = [
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

const AFTER_CONFIG = [
  'LOCAL_DIR',
  'lock',
  'state folder',
  'room',
  'hooks',
  'endpoint',
  'credentials',
  ...OF_THE_SERVER,
];

/** Notes that it was tried. @throws {BackupError} with exit code 5 if the easy key is not the one */
async function tryEscrow(aws: AwsCli, { interruption }: CommandContext): Promise<void> {
  const prompt = new Prompt(stderr, interruption);
  const easyKey = await prompt.askHidden('Enter your master encryption key: ');
  await fetchEscrowedKey(aws, keyOfEasyKey(easyKey));
}
