// What a run would do, on standard output; nothing is changed, neither in the bucket nor on disk.
import { s3Url } from '../aws/arguments.js';
import type { BackupConfig } from '../config/read-config.js';
import { exitCode } from '../exit-codes.js';
import type { CommandContext } from '../main.js';
import { whyKept } from '../run/deletion-rule.js';
import { objection } from '../run/guard.js';
import { type Findings, readDue } from '../run/reconcile.js';
import type { Run } from '../run/run.js';
import type { Spool } from '../run/spool.js';
import { explainNotes } from '../run/state-folder.js';
import { tryKey } from '../run/verification.js';
import { printable } from '../terminal/log.js';
import { textOf } from '../tree/bytes.js';
import { openRun, type SyncOptions, survey } from './survey.js';

/** @returns the exit code that the run would have, as far as can be known */
export async function dryRun(
  config: BackupConfig,
  options: SyncOptions,
  context: CommandContext,
): Promise<number> {
  const run = await openRun(config, options, context);
  try {
    const found = await survey(run);
    const { escrow, hasRecord, hasTree, stock } = found;
    if (escrow === 'no bucket') print(`create the bucket ${run.aws.bucket}`);
    const findings = await found.findings;
    if (!hasRecord) {
      const { bucket, prefix } = run.upload;
      await tryKey(
        run.aws,
        run.key,
        findings.objects.items.map((it) => ({ bucket, key: prefix + textOf(it) })),
      );
    }
    await tellUploads(findings);
    await tellDeletions(run, findings, config.allowUnversionedDelete);
    run.shortfalls.close();
    const refusal = objection(hasTree ? stock.losses : findings.losses, run.upload.localDir, run.guard);
    if (refusal !== undefined) throw refusal;
    return run.shortfalls.count === 0 ? exitCode.done : exitCode.incomplete;
  } catch (error) {
    throw explainNotes(error, run.state);
  } finally {
    run.state.remove();
  }
}

async function tellUploads({ awaited, toSend }: Findings): Promise<void> {
  for (const due of [awaited, toSend])
    for await (const { path, why } of readDue(due)) print(`upload: ${path} (${why})`);
}

async function tellDeletions(run: Run, { gone }: Findings, allowsUnversioned: boolean): Promise<void> {
  if (gone.count === 0) return;
  const why = await whyKept(run.aws, allowsUnversioned);
  if (why !== undefined)
    run.log.warn(
      `${gone.count === 1 ? '1 file is' : `${gone.count} files are`} gone, but would stay in the bucket: ${why}`,
    );
  for await (const path of textsOf(gone)) {
    const url = s3Url({ bucket: run.upload.bucket, key: run.upload.prefix + path });
    print(`${why === undefined ? 'delete' : 'keep'}: ${url}`);
  }
}

async function* textsOf(spool: Spool): AsyncGenerator<string> {
  for await (const line of spool.lines()) yield JSON.parse(line) as string;
}

/** One line, whatever is in a name. */
function print(text: string): void {
  process.stdout.write(`(dryrun) ${printable(text)}\n`);
}
