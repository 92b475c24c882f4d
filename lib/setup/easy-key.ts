// Judges how strong an easy-to-remember key is. It protects the encryption key by MD5, which is fast: anyone who may
// read the bucket can try very many.

/** The original's limit, in characters. */
export const SHORTEST_EASY_KEY = 10;
/** As many words, or random characters, are enough; twice as many are strong. */
const ENOUGH_WORDS = 4;
const ENOUGH_CHARACTERS = 12;
/** Words that attackers try first. */
const COMMON = /pass(?:word|wort|phrase)|qwert|asdf|letmein|welcome|secret|admin|backup|encrypt/i;

/** Why the key is too weak, in a sentence or two; `undefined` if it is strong enough. */
export function weaknessOf(easyKey: string): string | undefined {
  const length = [...easyKey].length;
  if (length < SHORTEST_EASY_KEY)
    return `It has ${length} characters, but needs ${SHORTEST_EASY_KEY}. A sentence is easy to remember.`;
  if (wordsOf(easyKey).size >= ENOUGH_WORDS) return undefined;
  if (lengthThatCounts(easyKey) < ENOUGH_CHARACTERS)
    return 'It repeats or counts too much, or is too short for random characters: use a sentence of four words or more.';
  if (COMMON.test(easyKey))
    return 'It contains a word that attackers try first. Use a sentence of four words or more.';
  if (/^[\p{L}\s]*$/u.test(easyKey)) return 'It has too few words. Use a sentence of four words or more.';
  return undefined;
}

/**
 * Asks twice for a new easy-to-remember key, until both answers are the same and strong enough.
 * @param complain prints what is wrong with an answer
 */
export async function askNewEasyKey(
  askHidden: (isAgain: boolean) => Promise<string>,
  complain: (problem: string) => void,
): Promise<string> {
  for (;;) {
    const easyKey = await askHidden(false);
    const problem = weaknessOf(easyKey);
    if (problem !== undefined) complain(problem);
    else if ((await askHidden(true)) === easyKey) return easyKey;
    else complain('The two are not the same.');
  }
}

/** How strong a sufficient key is. */
export function strengthOf(easyKey: string): 'strong' | 'good enough' {
  const isLong =
    wordsOf(easyKey).size >= ENOUGH_WORDS + 2 || lengthThatCounts(easyKey) >= 2 * ENOUGH_CHARACTERS;
  return isLong ? 'strong' : 'good enough';
}

/** The different words of a sentence. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}{3,}/gu));
}

/** The length without characters that repeat or follow the one before, as in `aaaa` and `12345`. */
function lengthThatCounts(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, at) => Math.abs(code - (codes[at - 1] ?? 0)) > 1).length;
}
