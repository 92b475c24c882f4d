import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import { environmentOfAws } from '../../../lib/config/bash/read-with-bash.js';
import { type BashOutcome, parseReport } from '../../../lib/config/bash/report.js';
import { readerScript } from '../../../lib/config/bash/script.js';
import { type Evaluation, evaluate } from '../../../lib/config/literal/evaluate.js';
import type { ShellContext } from '../../../lib/config/values.js';
import { seedFrom } from '../../fakes/seed.js';
import { ConfigGenerator } from './config-generator.js';
import { environment as generated } from './config-pieces.js';

const COUNT = Number(process.env['LEXER_CONFIGS'] ?? 2400);
const SEED = seedFrom('LEXER_SEED');

for (const locale of ['C.UTF-8', 'C']) {
  test(`the lexer and bash read the same values (${locale}, seed ${SEED})`, (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'lexer-'));
    context.after(() => rmSync(directory, { recursive: true }));
    const environment = { ...generated, PATH: process.env['PATH'] ?? '', LC_ALL: locale };
    const generator = new ConfigGenerator(SEED + (locale === 'C' ? 1 : 0));

    const cases: { text: string; evaluation: Evaluation | BackupError; file: string }[] = [];
    for (let index = 0; index < COUNT / 2; index += 1) {
      const file = `./${index}`;
      const text = generator.config();
      const evaluation = evaluateOrReport(Buffer.from(text), { file, environment, directory });
      cases.push({ text, evaluation, file });
    }
    // A config that the lexer leaves to bash may contain any command, so bash does not run it here.
    const understood = cases.filter(({ evaluation }) => kindOf(evaluation) !== 'needs-bash');
    for (const { text, file } of understood) writeFileSync(join(directory, file), text);
    const files = understood.map(({ file }) => file);
    const outcomes = askBash(files, directory, environment);

    for (const [index, { text, evaluation }] of understood.entries()) {
      const outcome = outcomes[index];
      assert.ok(outcome, 'bash has an answer to every config');
      compare(evaluation, outcome, environment, `seed ${SEED}, ${locale}, config:\n${text}\n---`);
    }
    const accepted = cases.filter(({ evaluation }) => kindOf(evaluation) === 'values').length;
    const rejected = understood.length - accepted;
    const withArray = cases.filter(({ text, evaluation }) => {
      const isAccepted = 'kind' in evaluation && evaluation.kind === 'values';
      return isAccepted && text.includes('EXCLUDE=(') && evaluation.values.exclude.length > 0;
    }).length;
    context.diagnostic(
      `${cases.length} configs, ${accepted} accepted (${withArray} with an array), ${rejected} reported as wrong`,
    );
    assert.ok(withArray > cases.length * 0.08, `only ${withArray} of ${cases.length} have an array`);
    assert.ok(accepted > cases.length * 0.45, `only ${accepted} of ${cases.length} were accepted`);
    assert.ok(rejected > 0, 'some were reported as wrong');
    assert.ok(understood.length < cases.length, 'some were handed to bash');
  });
}

function evaluateOrReport(bytes: Buffer, shell: ShellContext): Evaluation | BackupError {
  try {
    return evaluate(bytes, shell);
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
}

function kindOf(evaluation: Evaluation | BackupError): 'values' | 'needs-bash' | 'wrong' {
  return evaluation instanceof BackupError ? 'wrong' : evaluation.kind;
}

function compare(
  evaluation: Evaluation | BackupError,
  outcome: BashOutcome,
  environment: Record<string, string>,
  where: string,
): void {
  if (evaluation instanceof BackupError) {
    assert.notEqual(outcome.kind, 'report', `reported (${evaluation.message}), but bash accepts: ${where}`);
  } else if (evaluation.kind === 'values') {
    if (outcome.kind !== 'report') assert.fail(`accepted, but bash says ${outcome.kind}: ${where}`);
    const { values } = evaluation;
    assert.deepEqual(sorted(values.values), sorted(outcome.report.settings), where);
    assert.deepEqual(values.exclude, outcome.report.exclude, where);
    assert.equal(values.assigned.has('EXCLUDE'), outcome.report.newNames.includes('EXCLUDE'), where);
    const expected = environmentOfAws(environment, outcome.report.exported);
    assert.deepEqual(values.environment, expected, where);
  }
}

function sorted(values: ReadonlyMap<string, string>): [string, string][] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Lets one bash read all files, each in its own subshell. */
function askBash(files: string[], directory: string, environment: Record<string, string>): BashOutcome[] {
  const script = `for file in "$@"; do
    builtin printf '@@@ %s\\0' "$file" >&3
    ( set -- "$file"; unset file
${readerScript('"$1"')}
    )
  done`;
  const run = spawnSync('bash', ['--norc', '--noprofile', '-c', script, 'encrypted-s3-sync', ...files], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 30,
  });
  assert.equal(run.error, undefined);
  const output = run.output[3] as unknown as Buffer;
  const starts: number[] = [];
  for (const file of files) starts.push(output.indexOf(`@@@ ${file}\0`, starts.at(-1)));
  return files.map((file, index) => {
    const start = (starts[index] ?? 0) + `@@@ ${file}\0`.length;
    return parseReport(output.subarray(start, starts[index + 1] ?? output.length));
  });
}
