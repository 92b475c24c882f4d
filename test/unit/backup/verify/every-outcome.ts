// What chance decides, without chance: every outcome is played through, with its probability.
import type { RandomBelow } from '../../../../lib/backup/verify/random.js';

/**
 * The probability of each result of `play`, whose only chance is `below`.
 * @param play is run once for each list of outcomes that its draws can have
 */
export function everyOutcome(play: (below: RandomBelow) => string): Map<string, number> {
  const probabilities = new Map<string, number>();
  follow([]);
  return probabilities;

  /** @param drawn the outcomes of the first draws; as soon as there is another one, each of its outcomes is followed */
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
