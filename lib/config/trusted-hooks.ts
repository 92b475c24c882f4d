// Which hooks of a config may be called: a command only if nobody else could have written the file; and ON_FAILURE also
// of a file that can't be read to its end.
import { BackupError } from '../cli/errors.js';
import type { BackupConfig, HookSettings } from './backup-config.js';
import { hook, isCommand } from './checks.js';
import type { LoadedConfig } from './config-file.js';
import { readAssignments } from './literal/lexer.js';
import { InvalidConfigError } from './setting-reader.js';

/** The hooks; without those that are commands, and with the reason, if somebody else could have written them. */
export function trustedHooks(
  { file, trust: { objection } }: LoadedConfig,
  hooks: HookSettings,
): Pick<BackupConfig, 'hooks' | 'hooksRefusal'> {
  const commands = Object.entries(hooks).filter(([, it]) => it !== undefined && isCommand(it));
  if (objection === undefined || commands.length === 0) return { hooks };
  const settings = commands.map(([name]) => name.replace('on', 'ON_').toUpperCase());
  const hooksRefusal = new BackupError(
    `${file}: No command of this file is run (${settings.join(', ')}): ${objection.reason}.`,
    { hint: `${objection.remedy}, or replace each command with an https:// address.` },
  );
  const none = Object.fromEntries(commands.map(([name]) => [name, undefined]));
  return { hooks: { ...hooks, ...none }, hooksRefusal };
}

/** ON_FAILURE of a config with this error; `undefined` if there is none, or it is wrong or must not be called. */
export function onFailureOf(
  { bytes, file, trust: { objection } }: LoadedConfig,
  error: BackupError,
): string | undefined {
  const onFailure = error instanceof InvalidConfigError ? error.onFailure : onFailureInText(bytes, file);
  const isRefused = onFailure !== undefined && isCommand(onFailure) && objection !== undefined;
  return isRefused ? undefined : onFailure;
}

/** The value on the last line that is a literal assignment of ON_FAILURE and nothing else. */
function onFailureInText(bytes: Buffer, file: string): string | undefined {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const line = lines.findLast((it) => /^[ \t]*(export[ \t]+)?ON_FAILURE=/.test(it));
  if (line === undefined) return undefined;
  try {
    const [assignment, ...others] = readAssignments(line, file, process.env['HOME']);
    const { value } = assignment ?? {};
    return typeof value === 'string' && value !== '' && others.length === 0 ? hook(value) : undefined;
  } catch {
    // It needs bash, or is wrong itself.
    return undefined;
  }
}
