// The questions of init about the contents: the directory, the prefix, the exclusions, and the storage class, if that
// affects the cost.

import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isAmazon } from '../../aws/settings/endpoint.js';
import { resolveLocalDir } from '../../backup/source/local-dir.js';
import { SourceExclusion } from '../../backup/source/source-exclusion.js';
import { BackupError, shellQuote } from '../../cli/errors.js';
import type { CommandContext } from '../../cli/main.js';
import { formatCount } from '../../cli/units/quantities.js';
import { homeFolderOf } from '../../cli/user-folders.js';
import * as check from '../../config/checks.js';
import { cheapestClass, describeCost } from '../../setup/cost.js';
import { answerBy, type Interview } from '../../setup/interview.js';
import type { Prices } from '../../setup/prices.js';
import { describeSuggestion, type Suggestion } from '../../setup/suggestions.js';
import { type Survey, subtractSuggested, survey } from '../../setup/survey.js';
import { bytesOf } from '../../tree/bytes.js';
import { walk } from '../../tree/disk/walk.js';
import type { Place } from './place.js';
import type { InitRequest } from './request.js';

/** How long the survey of the directory may take (ms). */
const SURVEY_TIME = 60_000;

export interface Contents {
  readonly localDir: string;
  /** REMOTE_DIR_PREFIX. */
  readonly prefix: string;
  readonly exclude: readonly string[];
  readonly excludesCaches: boolean;
  readonly storageClass: string;
}

export async function askContents(
  request: InitRequest,
  place: Pick<Place, 'prefixes' | 'endpointUrl'>,
  prices: Prices,
  interview: Interview,
  context: CommandContext,
): Promise<Contents> {
  const home = homeFolderOf(process.env);
  const localDir = await interview.ask({
    what: 'The directory to back up',
    flag: '--directory',
    given: request.directory,
    proposed: request.isYes ? undefined : home,
    check: async (answer) => {
      const directory = resolve(answer.replace(/^~(?=\/|$)/, () => home ?? '~'));
      await resolveLocalDir(directory);
      return directory;
    },
  });
  const prefix = await interview.ask({
    what: "The prefix, which the names of the backup's objects begin with",
    flag: '--prefix',
    given: request.prefix,
    proposed: `${hostname()}${localDir === '/' ? '' : localDir}`,
    check: (answer) => checkPrefix(answer, place.prefixes),
  });
  const seen = await surveyDirectory(localDir, request, context);
  const chosen = await askWhatToLeaveOut(seen, request, interview);
  const backedUp = { ...seen, totals: subtractSuggested(seen.totals, chosen) };
  // Other servers have other prices.
  const isPriced = isAmazon(place.endpointUrl) || request.pricesFile !== undefined;
  const storageClass = await askStorageClass(backedUp, request, isPriced ? prices : undefined, interview);
  return {
    localDir,
    prefix,
    exclude: [...request.exclude, ...chosen.flatMap(({ patterns }) => [...patterns])],
    excludesCaches: chosen.some(({ patterns }) => patterns.size === 0),
    storageClass,
  };
}

/**
 * @returns the prefix without a `/` at its beginning or end
 * @throws {BackupError} if it is above or below another one
 */
function checkPrefix(answer: string, others: readonly string[]): string {
  const prefix = answerBy('The prefix', check.keyPrefix)(answer.split('/').filter(Boolean).join('/'));
  const other = others.find((it) => it !== prefix && (it.startsWith(prefix) || prefix.startsWith(it)));
  if (other === undefined) return prefix.slice(0, -1);
  throw new BackupError(
    `The prefix "${prefix}" and that of another backup in the bucket, "${other}", are below each other.`,
    {
      hint: 'Choose a prefix that does not begin with another one, and with which no other begins.',
    },
  );
}

async function surveyDirectory(
  localDir: string,
  { exclude }: InitRequest,
  { log, interruption }: CommandContext,
): Promise<Survey> {
  const root = await resolveLocalDir(localDir);
  const { dev: device } = await stat(root, { bigint: true });
  const settings = {
    exclude,
    excludeCaches: false,
    excludeIfPresent: undefined,
    excludeLargerThan: undefined,
    oneFileSystem: false,
  };
  const exclusion = new SourceExclusion(settings, { localDir: root, device, ownFolders: [] });
  const onTurn = () => interruption.check();
  const end = Date.now() + SURVEY_TIME;
  log.progress(`Looking at ${localDir}...`);
  try {
    return await survey(
      walk(bytesOf(root), { followSymlinks: false, exclusion, onTurn }),
      () => Date.now() > end,
      root === '/',
    );
  } finally {
    log.progress(undefined);
  }
}

/** Says what the backup costs, and asks for the class if another one costs less. */
async function askStorageClass(
  { totals, isComplete }: Survey,
  { storageClass: given }: InitRequest,
  prices: Prices | undefined,
  interview: Interview,
): Promise<string> {
  const usual = answerBy('The storage class', check.storageClass)(given ?? 'STANDARD_IA');
  if (prices === undefined) return usual;
  interview.say(describeCost(totals, usual, prices, isComplete).join('\n'));
  const cheapest = cheapestClass(totals, prices) ?? usual;
  if (given !== undefined || cheapest === usual) return usual;
  const choices = [cheapest, usual].map((value) => ({ value, label: value }));
  return interview.choose('Which storage class?', choices, usual);
}

async function askWhatToLeaveOut(
  { suggestions, specialFiles }: Survey,
  { excludesSuggested, isYes }: InitRequest,
  interview: Interview,
): Promise<Suggestion[]> {
  if (specialFiles > 0)
    interview.say(`${formatCount(specialFiles, 'special file')} (FIFOs, sockets, devices): never backed up.`);
  if (suggestions.length === 0) return [];
  if (isYes) {
    const chosen = suggestions.filter(({ isMadeAgain }) => excludesSuggested && isMadeAgain);
    const others = suggestions.filter((it) => !chosen.includes(it));
    sayEach('Left out:', chosen.map(describeSuggestion), interview);
    sayEach(
      'Not left out; these flags do so, and --exclude-suggested for what programs make again:',
      others.flatMap((it) => [
        describeSuggestion(it),
        ...[...it.patterns].map((pattern) => `  --exclude ${shellQuote(pattern)}`),
      ]),
      interview,
    );
    return chosen;
  }
  const choices = suggestions.map((it, at) => ({ value: `${at}`, label: describeSuggestion(it) }));
  const proposed = choices.filter((_, at) => suggestions[at]?.isMadeAgain).map(({ value }) => value);
  const chosen = await interview.chooseSome('What should not be backed up?', choices, proposed);
  return suggestions.filter((_, at) => chosen.includes(`${at}`));
}

function sayEach(heading: string, lines: readonly string[], interview: Interview): void {
  if (lines.length > 0) interview.say([heading, ...lines].join('\n  '));
}
