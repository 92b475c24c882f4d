// Uploads until the bucket holds what is on disk, or does not come to hold it.

import type { Run } from '../backup/backup.js';
import type { Findings } from '../backup/check.js';
import type { Transfer } from '../backup/upload/first-upload.js';
import type { Spool } from '../tree/spool.js';
import { look } from './look.js';

/** How often files that changed while they were uploaded, or failed to arrive, are sent again. */
const ROUNDS = 3;

/**
 * @param before the findings before the transfer, or beside it
 * @param transfer what `aws s3 sync` did; `undefined` if it was not run, and whatever is due is to be sent singly
 * @returns those after it: what is still due is not in the backup as it is on disk
 * @throws {AwsError} if the AWS CLI failed as a whole
 */
export async function bringUpToDate(
  run: Run,
  before: Findings,
  transfer: Transfer | undefined,
): Promise<Findings> {
  const isUpToDate = before.awaited.count === 0 && before.toSend.count === 0;
  if (isUpToDate && !transfer?.uploaded) return before;
  const { aws, key, upload, state, shortfalls, log } = run;
  const { resend } = await import('../backup/upload/send.js');
  const send = (due: Spool) => resend(aws, key, upload, due, state.runFolder, shortfalls, log);
  if (transfer === undefined) await send(before.awaited);
  let findings = before;
  for (let round = 0; ; round += 1) {
    await send(findings.toSend);
    findings = await look(run, round + 1, findings.notes);
    if (findings.toSend.count === 0 || round === ROUNDS) return findings;
  }
}
