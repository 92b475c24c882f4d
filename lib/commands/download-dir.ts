// Restores a folder, given by its URL, or by a config and its path.
import { stderr } from 'node:process';
import { BackupError } from '../cli/errors.js';
import type { CommandContext } from '../cli/main.js';
import { Prompt } from '../cli/prompt.js';
import { withPrivateFolder } from '../cli/tmpdir.js';
import { timeOrNow } from '../cli/units/times.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { type DestinationPath, inspectDestination } from '../restore/destination/open-destination.js';
import { restoreParts } from '../restore/restore-parts.js';
import { parseSource, type RestoreScope } from '../restore/scope.js';
import { askEncryptionKey, askForEscrowedKey } from './ask-key.js';
import { connectToBucket } from './connection.js';
import { planFolder, type RestoreOptions } from './restore-folder.js';

export interface FolderRequest extends RestoreOptions {
  /** PROFILE REGION URL DESTINATION, or with a config [FOLDER] DESTINATION. */
  readonly words: readonly string[];
  /** Without a config, the command asks for the encryption key. */
  readonly configFile: string | undefined;
  /** Whether to ask for the easy-to-remember key, and to fetch the encryption key from the bucket. */
  readonly usesEscrow: boolean;
  /** A point in time. */
  readonly at: string | undefined;
}

/** @returns the exit code: done, or done with files missing */
export async function downloadDir(request: FolderRequest, context: CommandContext): Promise<number> {
  const prompt = new Prompt(stderr, context.interruption);
  const { scope, place } = await openRestore(request, prompt, context);
  return withPrivateFolder(async (tempFolder) => {
    const part = await planFolder(scope, place, request, tempFolder, context);
    return restoreParts([part], request, prompt);
  });
}

/** @throws {BackupError} for an invalid request, before any call of the bucket but that for the escrow */
async function openRestore(
  request: FolderRequest,
  prompt: Prompt,
  context: CommandContext,
): Promise<{ readonly scope: RestoreScope; readonly place: DestinationPath }> {
  const { log } = context;
  const { usesEscrow } = request;
  if (usesEscrow && request.configFile !== undefined) {
    throw new BackupError(
      '--escrow and --config can not be used together: the config has the encryption key.',
    );
  }
  const time = timeOrNow(request.at);
  const config = needsConfig(request)
    ? await readConfig(configFileOrDefault(request.configFile), log)
    : undefined;
  const { prefix, backupPrefix, destination, ...bucket } = parseSource(request.words, config);
  const place = inspectDestination(destination, request);
  const aws = connectToBucket({ ...config, ...bucket }, context);
  const askForKey = () => (usesEscrow ? askForEscrowedKey(aws, prompt) : askEncryptionKey(prompt));
  const keyed = aws.withKey(config?.encryptionKey ?? (await askForKey()));
  return { scope: { aws: keyed, prefix, backupPrefix, time, log }, place };
}

/** The config in the default place is used only without a bucket. */
function needsConfig({ configFile, usesEscrow, words }: FolderRequest): boolean {
  return configFile !== undefined || (!usesEscrow && words.length < 3);
}
