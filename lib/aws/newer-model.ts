import { fileURLToPath } from 'node:url';

/**
 * Variables for a call that teach BlockedEncryptionTypes to an AWS CLI older than 1.43.0 or 2.32.0. The path leads to
 * the source's folder, three folders above this file's compiled form and above a bundle.
 */
export const NEWER_MODEL: NodeJS.ProcessEnv = {
  AWS_DATA_PATH: fileURLToPath(new URL('../../../lib/aws/cli-model', import.meta.url)),
};
