// Handles exceptions that no code catches, such as one in a stream's event handler. By default Node would end the
// process at once, without releasing the lock or telling a hook.
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode } from '../exit-codes.js';
import type { Interruption } from './interruption.js';

/** How long `work` may take to end after a crash (ms). */
const PATIENCE = 10_000;
/** When the process exits in any case (ms after the crash). */
const LAST_RESORT = 150_000;

/**
 * Runs `work`. A crash interrupts it as a signal would, and is thrown instead of the error that this causes.
 * @throws the crash, or what `work` throws
 */
export async function failOnCrash<T>(interruption: Interruption, work: () => Promise<T>): Promise<T> {
  const crashes: unknown[] = [];
  let end: (outcome: 'stuck') => void;
  const stuck = new Promise<'stuck'>((resolve) => {
    end = resolve;
  });
  const onCrash = (error: unknown) => {
    crashes.push(error);
    process.exitCode = exitCode.failed;
    interruption.interrupt('SIGTERM');
    sleep(PATIENCE, undefined, { ref: false }).then(() => end('stuck'));
    setTimeout(() => process.exit(exitCode.failed), LAST_RESORT).unref();
  };
  process.on('uncaughtException', onCrash);
  try {
    const outcome = await Promise.race([work(), stuck]);
    if (outcome !== 'stuck' && crashes.length === 0) return outcome;
  } catch (error) {
    if (crashes.length === 0) throw error;
  } finally {
    process.off('uncaughtException', onCrash);
  }
  throw crashes[0];
}
