import { homedir } from 'node:os';

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
