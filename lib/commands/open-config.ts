// Opens a config for a command that only reads the bucket.
import type { Remote } from '../aws/remote.js';
import type { CommandContext } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { configFileOrDefault } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { connectToBucket } from './connection.js';

export interface OpenConfig {
  readonly config: BackupConfig;
  readonly remote: Remote;
}

/**
 * @param file `undefined` for the config in the default place
 * @throws {BackupError} for a config that is missing or wrong
 */
export async function openConfig(file: string | undefined, context: CommandContext): Promise<OpenConfig> {
  const { log } = context;
  const config = await readConfig(configFileOrDefault(file), log);
  const aws = connectToBucket(config, context);
  return { config, remote: { aws, prefix: config.prefix, log } };
}
