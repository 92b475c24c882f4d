import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isExecutable } from '../../lib/cli/find-program.js';
import { s3ServerOfThisRun } from './from-environment.js';

/** An AWS CLI of this machine. */
export interface AwsCli {
  /** Such as `2.9.19`. */
  readonly version: string;
  /** A folder with nothing but its `aws`, to be put first on a child's PATH. */
  readonly directory: string;
  /** Whether it is loaded once and forked for each call; see loaded-aws.ts. */
  readonly isLoaded: boolean;
}

/** The AWS CLIs that the test runner has found, the oldest first. */
export function awsClis(): AwsCli[] {
  return clisIn(clisDirectory(s3ServerOfThisRun().directory), false);
}

/**
 * Finds one AWS CLI of each version on this machine, and links each into a directory of
 * its own below the server's, because their own directories hold other programs as well.
 */
export async function linkAwsClis(serverDirectory: string): Promise<AwsCli[]> {
  const path = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin', '/snap/bin'];
  const found = path.map((directory) => join(directory, 'aws')).filter(isExecutable);
  const executables = [...new Set(await Promise.all([...new Set(found.map(realPath))].map(behindShim)))];
  const versions = await Promise.all(executables.map(versionOf));
  const clis = clisDirectory(serverDirectory);
  mkdirSync(clis);
  executables.forEach((executable, index) => {
    const version = versions[index];
    if (version === undefined || existsSync(join(clis, version))) return;
    mkdirSync(join(clis, version));
    symlinkSync(executable, join(clis, version, 'aws'));
  });
  return clisIn(clis, false);
}

/** Resolves links in the directory (/bin is /usr/bin), but not the program's own link, whose name may matter to it. */
function realPath(file: string): string {
  return join(realpathSync(dirname(file)), basename(file));
}

function clisDirectory(serverDirectory: string): string {
  return join(serverDirectory, 'aws-clis');
}

/** The AWS CLIs in the subfolders of `folder`, which are named by their versions, the oldest first. */
export function clisIn(folder: string, isLoaded: boolean): AwsCli[] {
  const versions = readdirSync(folder).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return versions.map((version) => ({ version, directory: join(folder, version), isLoaded }));
}

/** The program behind a shim of pyenv. The shim itself is slow, and fails in a clean environment. */
async function behindShim(file: string): Promise<string> {
  if (!file.endsWith('/shims/aws')) return file;
  return (await output('pyenv', ['which', 'aws'])) ?? file;
}

async function versionOf(executable: string): Promise<string | undefined> {
  return (await output(executable, ['--version']))?.match(/^aws-cli\/([\w.]+)/)?.[1];
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, args)).stdout.trim();
  } catch {
    return undefined;
  }
}
