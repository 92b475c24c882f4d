// Where a user's files are: the home directory, and the base directories of XDG.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's home directory, by HOME or /etc/passwd; `undefined` if neither has one. */
export function homeFolderOf(environment: NodeJS.ProcessEnv): string | undefined {
  const { HOME } = environment;
  if (HOME) return HOME;
  try {
    return homedir() || undefined;
  } catch {
    // The user has no name, as in a container.
    return undefined;
  }
}

/** Where the base directories are in the home directory, unless the variable says otherwise. */
const USUAL = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' };

/** A base directory of XDG. By its rule, a relative path does not count. @returns `undefined` without a home directory */
export function xdgFolder(variable: keyof typeof USUAL, environment: NodeJS.ProcessEnv): string | undefined {
  const configured = environment[variable] ?? '';
  const home = homeFolderOf(environment);
  return isAbsolute(configured) ? configured : home && join(home, USUAL[variable]);
}
