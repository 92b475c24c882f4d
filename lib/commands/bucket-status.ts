// Shows every backup in a bucket, one in a row: its age, from any machine, and with a key what its last run did.
import { stderr } from 'node:process';
import { exitCode } from '../cli/exit-codes.js';
import { printable } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { answerStyle, type OutputFlags } from '../cli/output/answer.js';
import { printText, printTexts } from '../cli/output/print.js';
import { tableText } from '../cli/output/table.js';
import { Prompt } from '../cli/prompt.js';
import { readConfig } from '../config/read-config.js';
import {
  type BucketRow,
  bucketColumns,
  bucketPluginLine,
  fetchBucketStatus,
} from '../health/bucket-status.js';
import { STATES } from '../health/freshness.js';
import { askForEscrowedKey } from './ask-key.js';
import { connectToBucket } from './connection.js';
import { asPlugin } from './status.js';

interface BucketStatusRequest extends OutputFlags {
  readonly profile: string;
  readonly region: string;
  readonly bucket: string;
  /** The config whose encryption key reads the records. */
  readonly configFile: string | undefined;
  /** Whether to ask for the easy-to-remember key instead. */
  readonly usesEscrow: boolean;
  /** Seconds: then the output and the exit code are those of a monitoring plugin. */
  readonly maxAge: number | undefined;
}

/** @returns with `maxAge` 2 if a backup is older, or there is none; otherwise 0 */
export function bucketStatus(request: BucketStatusRequest, context: CommandContext): Promise<number> {
  return asPlugin(request.maxAge, () => showBucket(request, context));
}

async function showBucket(request: BucketStatusRequest, context: CommandContext): Promise<number> {
  const { profile, region, bucket, configFile, usesEscrow, maxAge, isJson } = request;
  const config = configFile === undefined ? undefined : await readConfig(configFile, context.log);
  const aws = connectToBucket({ ...config, profile, region, bucket }, context);
  const prompt = new Prompt(stderr, context.interruption);
  const escrowed = usesEscrow ? await askForEscrowedKey(aws, prompt) : undefined;
  const key = config?.encryptionKey ?? escrowed;
  const keyed = key === undefined ? aws : aws.withKey(key);
  const rows = await fetchBucketStatus(keyed, key !== undefined, Date.now(), context.log);
  const plugin = maxAge === undefined ? undefined : bucketPluginLine(bucket, rows, maxAge);
  if (isJson) await printText(`${JSON.stringify(asJson(bucket, rows))}\n`);
  else if (plugin !== undefined) await printText(`${printable(plugin.text)}\n`);
  else await printTexts(tableText(bucketColumns(key !== undefined), rows, answerStyle(request)));
  if (plugin !== undefined) return STATES[plugin.state];
  if (rows.length === 0) context.log.warn(`The bucket "${bucket}" has no record of a backup.`);
  return exitCode.done;
}

function asJson(bucket: string, rows: readonly BucketRow[]): object {
  const backups = rows.map(({ prefix, lastRun, age = null, record = null, hasOtherKey }) => ({
    prefix,
    lastRun,
    ageSeconds: age,
    record,
    hasOtherKey,
  }));
  return { format: 'encrypted-s3-backup bucket status', version: 1, bucket, backups };
}
