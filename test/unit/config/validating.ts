// Validates configs that are given as text.
import assert from 'node:assert/strict';
import { BackupError } from '../../../lib/cli/errors.js';
import { evaluate } from '../../../lib/config/literal/evaluate.js';
import * as validation from '../../../lib/config/validate.js';
import type { ConfigValues } from '../../../lib/config/values.js';

export const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
export const complete = `
AWS_REGION=eu-west-1
AWS_BUCKET=my-bucket
AWS_RETENTION_DAYS=30
LOCAL_DIR=docs
LOCAL_LOCK=/lock
ENCRYPTION_KEY=${KEY}
`;

export function valuesOf(text: string, inherited: Record<string, string> = {}) {
  const environment = { HOME: '/home/anna', ...inherited };
  const surroundings = { file: 'my.config', environment, directory: '/run' };
  const evaluation = evaluate(Buffer.from(text), surroundings);
  if (evaluation.kind !== 'values') assert.fail(`not accepted: ${text}`);
  return evaluation.values;
}

/** The config and its warnings. */
export function validate(file: string, values: ConfigValues) {
  const warnings: string[] = [];
  const config = validation.validate(file, values, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

export const configOf = (text: string) => validate('my.config', valuesOf(text));

export function validatePartially(file: string, values: ConfigValues) {
  return validation.validatePartially(file, values, { warn: () => assert.fail('a warning') });
}

export function problemsOf(
  text: string,
  check: typeof validate | typeof validatePartially = validate,
): string[] {
  try {
    check('my.config', valuesOf(text));
  } catch (error) {
    if (error instanceof BackupError) return error.message.split('\n');
    throw error;
  }
  return assert.fail('no problem was reported');
}
