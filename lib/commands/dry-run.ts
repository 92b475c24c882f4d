// What a run would do, on standard output; nothing is changed, neither in the bucket nor on disk.
import { s3Url } from '../aws/arguments.js';
import type { BackupConfig } from '../config/read-config.js';
import { exitCode } from '../exit-codes.js';
import type { CommandContext } from '../main.js';
import { whyKept, whyWait } from '../run/deletion-rule.js';
import { refuse } from '../run/guard.js';
import { type Findings, readDue } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import { readJson } from '../run/spool.js';
import { explainNotes } from '../run/state-folder.js';
import { tryKey } from '../run/wrong-key.js';
import { printable } from '../terminal/log.js';
import { NobodyReads, print } from '../terminal/print.js';
import { singly } from '../tree/batches.js';
import { textOf } from '../tree/bytes.js';
import { guardByTree } from './guard-by-tree.js';
import { openRun, type SyncOptions } from './open-run.js';
import { survey } from './survey.js';

/** @returns the exit code that the run would have, as far as can be known */
export async function dryRun(
  config: BackupConfig,
  options: SyncOptions,
  context: CommandContext,
): Promise<number> {
  const run = await openRun(config, options, context);
  try {
    const found = await survey(run);
    const { escrow, hasRecord, hasTree } = found;
    const findings = await found.findings;
    if (!hasRecord) {
      const { bucket, prefix } = run.upload;
      await tryKey(
        run.aws,
        run.key,
        findings.objects.items.map((it) => ({ bucket, key: prefix + textOf(it) })),
      );
    }
    const why =
      findings.gone.count === 0 ? undefined : await whyHeldBack(run, findings, config.allowUnversionedDelete);
    await print(
      (async function* () {
        if (escrow === 'no bucket') yield lineOf(`create the bucket ${run.aws.bucket}`);
        yield* uploads(findings);
        yield* deletions(run, findings, why);
      })(),
    );
    run.shortfalls.close();
    // As the run does: before the transfer, by the last run's tree if there is one; and before it deletes.
    await guardByTree(run, found);
    if (!hasTree || why === undefined) refuse(findings.losses, run.upload.localDir, run.guard);
    return run.shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    if (error instanceof NobodyReads) return exitCode.done;
    throw explainNotes(error, run.state);
  } finally {
    run.state.remove();
  }
}

async function* uploads({ awaited, toSend }: Findings): AsyncGenerator<string> {
  for (const due of [awaited, toSend])
    for await (const { path, why } of readDue(due)) yield lineOf(`upload: ${path} (${why})`);
}

async function whyHeldBack(
  { aws, upload }: Run,
  { unknown }: Findings,
  allowsUnversioned: boolean,
): Promise<string | undefined> {
  return whyWait(0, unknown, 0) ?? (await whyKept(aws, upload.prefix, allowsUnversioned));
}

/** @param why nothing would be deleted */
async function* deletions(run: Run, { gone }: Findings, why: string | undefined): AsyncGenerator<string> {
  if (why !== undefined)
    run.log.warn(
      `${gone.count === 1 ? '1 file is' : `${gone.count} files are`} gone, but would stay in the bucket: ${why}`,
    );
  for await (const path of singly(readJson<string>(gone))) {
    const url = s3Url({ bucket: run.upload.bucket, key: run.upload.prefix + path });
    yield lineOf(`${why === undefined ? 'delete' : 'keep'}: ${url}`);
  }
}

/** One line, whatever is in a name. */
function lineOf(text: string): string {
  return `(dryrun) ${printable(text)}\n`;
}
