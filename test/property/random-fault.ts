// A random fault in a run: a kill, an `aws` that fails or falsely reports success, before, during and after its work; or
// a change on disk meanwhile.
import type { Fault } from '../fakes/fault.js';
import type { Random } from './random.js';

/** Error messages of a call or put: passing errors, errors of one file, errors of all files, and an unknown one. */
const WORDS = [
  'An error occurred (InternalError) when calling the PutObject operation: Injected',
  'An error occurred (AccessDenied) when calling the PutObject operation: Injected',
  'An error occurred (RequestTimeTooSkewed) when calling the PutObject operation: The difference between the request time and the current time is too large.',
  'Could not connect to the endpoint URL: "https://fake/"',
  'Injected',
];
/** Runs seldom have more calls and puts. */
const HIGHEST_NUMBER = { call: 10, put: 6 };

/** @param change changes the disk. @returns `undefined` for a run without a fault */
export function randomFault(random: Random, change: () => void): Fault | undefined {
  if (random.chance(0.2)) return undefined;
  const at = random.pick(['call', 'put'] as const);
  const number = 1 + random.below(HIGHEST_NUMBER[at]);
  const when = random.pick(['before', 'after'] as const);
  const what = random.pick([
    'kill aws',
    'kill the command',
    'kill both',
    'fail',
    'end',
    'lie',
    'change',
    'change',
    'fail from here on',
  ] as const);
  const words = random.pick(WORDS);
  return what === 'change' ? { at, number, when, what, change } : { at, number, when, what, words };
}
