// Finds out whether the destination distinguishes all names, and if not, adapts the plan.
import { join } from 'node:path';
import { flatten } from '../../tree/streams/batches.js';
import { readJson, Spool } from '../../tree/streams/spool.js';
import { detectFolding, FoldedNames } from '../destination/folded-names.js';
import type { RestoreSurvey } from '../survey.js';
import type { PlannedFile } from './planned-file.js';

/** @returns `undefined` if the file system of `folder` distinguishes all names */
export async function findFoldedNames(
  { plan }: Pick<RestoreSurvey, 'plan'>,
  folder: string,
  detect = detectFolding,
): Promise<FoldedNames | undefined> {
  const folding = detect(folder);
  if (folding === undefined) return undefined;
  const names = new FoldedNames(folding);
  for await (const { key, method, entry } of flatten(readJson<PlannedFile>(plan))) {
    const isRestored = !/^(kept|unsafe|not wanted|undecided|not listed)$/.test(method);
    if (isRestored || (entry !== undefined && entry.type !== 'file')) names.add(key);
  }
  return names;
}

/** The survey with a plan that fetches files singly if they share a place, since they would also share it in bulk. */
export async function fetchSharedSingly(
  survey: RestoreSurvey,
  names: FoldedNames,
  tempFolder: string,
): Promise<RestoreSurvey> {
  const plan = new Spool(join(tempFolder, 'plan-with-folded-names'));
  let moved = 0;
  for await (const file of flatten(readJson<PlannedFile>(survey.plan))) {
    const isMoved = file.method === 'in bulk' && names.isShared(file.key);
    if (isMoved) moved += 1;
    plan.write(JSON.stringify(isMoved ? ({ ...file, method: 'singly' } satisfies PlannedFile) : file));
  }
  plan.close();
  const { counts } = survey.totals;
  const changed = { 'in bulk': counts['in bulk'] - moved, singly: counts.singly + moved };
  return { ...survey, plan, totals: { ...survey.totals, counts: { ...counts, ...changed } } };
}
