// What of which backup a restore brings back: every step of a restore is given this.
import type { Remote } from '../aws/remote.js';

/** Here, `prefix` is that of the folder to restore: '' or ends in a `/`. */
export interface RestoreScope extends Remote {
  /** That of the backup, as far as the command line tells: `prefix` begins with it. */
  readonly backupPrefix: string;
  /** Milliseconds since the epoch; `undefined`: now. */
  readonly time: number | undefined;
}
