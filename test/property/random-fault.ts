// What goes wrong in a run: a kill, a failing `aws` or a lying one, before, in the middle of and after its work; or
// the disk changes meanwhile.
import type { Fault } from '../fakes/fault.js';
import type { Random } from './random.js';

/** What a call or put that fails says: passing, for one file, for all, of nothing in particular. */
const WORDS = [
  'An error occurred (InternalError) when calling the PutObject operation: Injected',
  'An error occurred (AccessDenied) when calling the PutObject operation: Injected',
  'An error occurred (RequestTimeTooSkewed) when calling the PutObject operation: The difference between the request time and the current time is too large.',
  'Could not connect to the endpoint URL: "https://fake/"',
  'Injected',
];
/** A run seldom has more. */
const MOST = { call: 10, put: 6 };

/** @param change what happens to the disk. @returns `undefined`: nothing goes wrong */
export function randomFault(random: Random, change: () => void): Fault | undefined {
  if (random.chance(0.2)) return undefined;
  const at = random.pick(['call', 'put'] as const);
  const number = 1 + random.below(MOST[at]);
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
