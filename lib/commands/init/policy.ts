// `encrypted-s3 init --iam` prints an IAM policy.
import { existsSync } from 'node:fs';
import { stdout } from 'node:process';
import { BackupError } from '../../cli/errors.js';
import { exitCode } from '../../cli/exit-codes.js';
import type { CommandContext } from '../../cli/main.js';
import { defaultConfigFile } from '../../config/default-config.js';
import { readConfig } from '../../config/read-config.js';
import { leastPolicy } from '../../setup/iam-policy.js';
import type { InitRequest } from './request.js';

/** Uses the config, if there is one; flags override it. */
export async function printPolicy(request: InitRequest, { log }: CommandContext): Promise<number> {
  const file = request.configFile ?? defaultConfigFile();
  const isThere = file !== undefined && existsSync(file);
  const config = isThere ? await readConfig(file, log) : undefined;
  const bucket = request.bucket ?? config?.bucket;
  const prefix = request.prefix === undefined ? config?.prefix : `${request.prefix.replace(/\/$/, '')}/`;
  if (bucket === undefined || prefix === undefined) {
    throw new BackupError('There is no config yet for a policy.', {
      hint: 'Name the bucket and the prefix: encrypted-s3 init --iam --bucket BUCKET --prefix PREFIX',
    });
  }
  stdout.write(leastPolicy(bucket, prefix, request.region ?? config?.region ?? ''));
  return exitCode.done;
}
