import { homedir } from 'node:os';

/** The user's home directory; `undefined` where neither HOME nor the system's list of users has one. */
export function homeFolderOf(environment: NodeJS.ProcessEnv): string | undefined {
  const { HOME } = environment;
  if (HOME) return HOME;
  try {
    return homedir() || undefined;
  } catch {
    // A numeric user, as in a container: the system knows no name and no home for it.
    return undefined;
  }
}
