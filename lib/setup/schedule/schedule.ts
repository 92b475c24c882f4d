// A schedule: what to run, when, and in which environment.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, delimiter, dirname } from 'node:path';
import { BackupError } from '../../cli/errors.js';
import { findProgram } from '../../cli/find-program.js';
import { homeFolderOf } from '../../cli/user-folders.js';
import type { BackupConfig } from '../../config/backup-config.js';
import { type Confinement, confinementOf } from './confinement.js';

/** When to run: hourly, daily, or at a time of day such as `03:30`. */
export type When = 'hourly' | 'daily' | `${number}:${number}`;

export interface Schedule {
  readonly name: string;
  /** An absolute path. */
  readonly configFile: string;
  readonly when: When;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** The variables that a run needs, and that neither cron nor systemd sets as a login does. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly confinement: Confinement;
}

const USUAL_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Variables with the paths of files. Proxies, credentials and the like may be secret, and belong in the config. */
const KEPT = ['XDG_STATE_HOME', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE'];

/**
 * A unique name for each config, by its path. It has no dot, since run-parts(8) ignores names with one.
 * @param configFile an absolute path
 */
export function scheduleName(configFile: string): string {
  const words = basename(configFile)
    .replace(/\.(config|conf)$/, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  const hash = createHash('sha256').update(configFile).digest('hex').slice(0, 8);
  return ['encrypted-s3', ...(words === '' ? [] : [words]), hash].join('-');
}

/**
 * @param configFile an absolute path
 * @throws {BackupError} for paths that no unit and no cron file can hold
 */
export function scheduleOf(config: BackupConfig, configFile: string, when: When): Schedule {
  if (/^\/(dev|proc)\//.test(configFile))
    throw new BackupError(`"${configFile}" will not exist at the next run.`, {
      hint: 'Give a config that is a regular file.',
    });
  const { environment: variables } = config;
  const aws = findProgram('aws', variables['PATH']);
  const home = homeFolderOf(variables) ?? '/';
  const folders = [...(aws === undefined ? [] : [dirname(aws)]), ...USUAL_PATH];
  const schedule: Schedule = {
    name: scheduleName(configFile),
    configFile,
    when,
    command: [nodeProgram(), process.argv[1] ?? '', 'sync', '--', configFile],
    environment: [
      ['PATH', [...new Set(folders)].join(delimiter)],
      ['HOME', home],
      ...KEPT.flatMap((name) => {
        const value = process.env[name];
        return value ? [[name, value] as const] : [];
      }),
    ],
    confinement: confinementOf(config, configFile, aws),
  };
  const texts = [...schedule.command, ...schedule.environment.flat(), ...schedule.confinement.writable];
  const odd = texts.find((text) => /\p{Cc}/u.test(text));
  if (odd === undefined) return schedule;
  throw new BackupError(`A schedule can't contain ${JSON.stringify(odd)}, which has a control character.`, {
    hint: 'Rename that file or folder.',
  });
}

/** The programs of a run: Node.js, this one, and the AWS CLI, if there is one. @param command of the schedule */
export function programsOf({ environment }: BackupConfig, command: readonly string[]): string[] {
  const aws = findProgram('aws', environment['PATH']);
  return [...command.slice(0, 2), ...(aws === undefined ? [] : [aws])];
}

/** The path of Node.js; the one on PATH if possible, since it survives updates. */
function nodeProgram(): string {
  const onPath = findProgram('node', process.env['PATH']);
  return onPath !== undefined && realpathSync(onPath) === process.execPath ? onPath : process.execPath;
}
