// What a restore needs to know before it asks the bucket: what, as of when, to where, and the encryption key.
import { stderr } from 'node:process';
import type { AwsCli } from '../aws/aws-cli.js';
import { BackupError } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { parseTime } from '../cli/units/times.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import {
  type DestinationPath,
  type DestinationRights,
  inspectDestination,
} from '../restore/destination/open-destination.js';
import type { MetadataRequest } from '../restore/metadata/metadata.js';
import type { KeptFiles } from '../restore/plan/what-is-replaced.js';
import { parseSource, type RestoreScope, type RestoreSource } from '../restore/scope.js';
import type { SelectionRequest } from '../restore/selection.js';
import type { EncryptionKey } from '../secrets/encryption-key.js';
import { askForEscrowedKey } from './ask-escrowed-key.js';
import { askEncryptionKey, connectToBucket } from './connection.js';

export interface FolderRequest extends DestinationRights, MetadataRequest, SelectionRequest {
  /** PROFILE REGION URL DESTINATION, or with a config [FOLDER] DESTINATION. */
  readonly words: readonly string[];
  /** The config, or its file; without one, the encryption key is asked for. */
  readonly config: BackupConfig | string | undefined;
  /** Whether to ask for the easy-to-remember key, and to get the encryption key from the bucket. */
  readonly usesEscrow: boolean;
  /** A point in time. */
  readonly at: string | undefined;
  /** Which files of the destination stay although they differ; none, if it is not set. */
  readonly keeps?: KeptFiles;
  /** Whether what is restored is compared with the bucket afterwards. */
  readonly verifies?: boolean;
  /** Whether to print what would be done, and to write nothing. */
  readonly isDry?: boolean;
}

export interface OpenRestore {
  readonly scope: RestoreScope;
  readonly source: RestoreSource;
  readonly path: DestinationPath;
  readonly prompt: Prompt;
}

/** @throws {BackupError} for a request that can't be served, before the bucket is asked for anything but the escrow */
export async function openRestore(request: FolderRequest, context: CommandContext): Promise<OpenRestore> {
  const { log, interruption } = context;
  if (request.usesEscrow && request.config !== undefined) {
    throw new BackupError(
      '--escrow and --config can not be used together: the config has the encryption key.',
    );
  }
  const time = request.at === undefined ? undefined : parseTime(request.at, new Date());
  const config = await findConfig(request, log);
  const source = parseSource(request.words, config);
  const path = inspectDestination(source.destination, request);
  const aws = connectToBucket({ ...config, ...source }, context);
  const prompt = new Prompt(stderr, interruption);
  const keyed = aws.withKey(await findEncryptionKey(request, config, aws, prompt));
  const { prefix, backupPrefix } = source;
  return { scope: { aws: keyed, prefix, backupPrefix, time, log }, source, path, prompt };
}

/** The config in the default place is for those who name no bucket. */
async function findConfig(
  { config, words, usesEscrow }: FolderRequest,
  log: Log,
): Promise<BackupConfig | undefined> {
  if (typeof config === 'string') return readConfig(config, log);
  const isMeant = config === undefined && !usesEscrow && words.length < 3;
  return isMeant ? readConfig(configFileOrDefault(undefined), log) : config;
}

async function findEncryptionKey(
  { usesEscrow }: FolderRequest,
  config: BackupConfig | undefined,
  aws: AwsCli,
  prompt: Prompt,
): Promise<EncryptionKey> {
  if (config !== undefined) return config.encryptionKey;
  if (!usesEscrow) return askEncryptionKey(prompt);
  return askForEscrowedKey(aws, prompt);
}
