// What is thrown where nobody waits for it, in an event of a stream for example. Node would end the process at once: no
// lock would be released, and nobody told.
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode } from '../exit-codes.js';
import type { Interruption } from './interruption.js';

/** How long the work may take to end, and what follows it (ms). */
const PATIENCE = 10_000;
const LAST_RESORT = 150_000;

/**
 * Works; a crash ends the work as a signal would, and is thrown in the place of what that throws.
 * @throws what `work` throws, or what has crashed
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
