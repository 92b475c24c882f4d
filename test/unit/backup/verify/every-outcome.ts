// Tests random decisions without chance, by all outcomes with their probabilities.
import type { RandomBelow } from '../../../../lib/tree/streams/random-sample.js';

/**
 * The probability of each result of `play`, whose only source of randomness is `below`.
 * @param play runs once for each possible list of draws
 */
export function everyOutcome(play: (below: RandomBelow) => string): Map<string, number> {
  const probabilities = new Map<string, number>();
  follow([]);
  return probabilities;

  /** Plays with these first draws. If `play` draws once more, follows each outcome of that draw. */
  function follow(drawn: readonly number[]): void {
    let [draws, probability] = [0, 1];
    let open: number | undefined;
    const result = play((bound) => {
      const outcome = drawn[draws];
      draws += 1;
      if (outcome === undefined) {
        open ??= bound;
        return 0;
      }
      probability /= bound;
      return outcome;
    });
    if (open === undefined) probabilities.set(result, (probabilities.get(result) ?? 0) + probability);
    else for (let outcome = 0; outcome < open; outcome += 1) follow([...drawn, outcome]);
  }
}
