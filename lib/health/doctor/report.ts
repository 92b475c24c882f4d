// Prints the doctor's findings, each at once, or all at the end as JSON.
import { stdout } from 'node:process';
import { BackupError } from '../../cli/errors.js';
import { printable } from '../../cli/log/log.js';
import { usesColor } from '../../cli/log/output-options.js';
import { formatCount } from '../../cli/units/quantities.js';
import { exitCodeOf, type Finding, type FindingState, failedBy, notChecked } from './finding.js';

const FORMAT = { format: 'encrypted-s3-backup doctor', version: 1 };
const COLORS: Readonly<Record<FindingState, number>> = { ok: 32, warning: 33, failed: 31, 'not checked': 36 };
const WIDTH = 'not checked  '.length;

/** Why later checks are impossible; `undefined` if they are possible. */
type Blocker = string | undefined;

export class DoctorReport {
  readonly #isJson: boolean;
  readonly #findings: Finding[] = [];

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  add(...findings: readonly Finding[]): void {
    this.#findings.push(...findings);
    if (!this.#isJson) for (const finding of findings) stdout.write(lineOf(finding));
  }

  /**
   * Adds the findings of `look`, or a line for each name that says why it was not checked.
   * @param names of the checks; an error of `look` is a failure of the first one, and leaves the others unchecked
   * @returns why dependent checks are impossible
   */
  async check(
    names: readonly string[],
    blocker: Blocker,
    look: () => Promise<readonly Finding[]> | readonly Finding[],
  ): Promise<Blocker> {
    if (blocker !== undefined) {
      this.add(...names.map((name) => notChecked(name, blocker)));
      return blocker;
    }
    const [first = '', ...others] = names;
    try {
      const findings = await look();
      this.add(...findings);
      return findings.some(({ state }) => state === 'failed') ? whyAfter(first) : undefined;
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      this.add(failedBy(first, error), ...others.map((name) => notChecked(name, whyAfter(first))));
      return whyAfter(first);
    }
  }

  /** Runs independent checks at the same time; their lines come in this order, when all have ended. */
  async checkTogether(
    blocker: Blocker,
    checks: readonly (readonly [names: readonly string[], look: () => Promise<readonly Finding[]>])[],
  ): Promise<void> {
    const begun = checks.map(([, look]) => (blocker === undefined ? look() : Promise.resolve([])));
    await Promise.allSettled(begun);
    for (const [at, [names]] of checks.entries()) await this.check(names, blocker, () => begun[at] ?? []);
  }

  /** @returns the exit code */
  end(): number {
    const code = exitCodeOf(this.#findings);
    if (this.#isJson)
      stdout.write(`${JSON.stringify({ ...FORMAT, exitCode: code, findings: this.#findings })}\n`);
    else stdout.write(`\n${this.#summary()}\n`);
    return code;
  }

  #summary(): string {
    const count = (state: FindingState) => this.#findings.filter((finding) => finding.state === state).length;
    const [failures, warnings] = [count('failed'), count('warning')];
    if (failures + warnings === 0) return 'All checks passed.';
    return `${formatCount(failures, 'failure')}, ${formatCount(warnings, 'warning')}.`;
  }
}

function whyAfter(check: string): string {
  return `${check} has failed`;
}

function lineOf({ check, state, text, remedy }: Finding): string {
  const word = usesColor(process.env, stdout) ? `\x1b[${COLORS[state]}m${state}\x1b[0m` : state;
  const line = `${word}${' '.repeat(WIDTH - state.length)}${printable(`${check}: ${text}`)}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(WIDTH)}${printable(remedy)}\n`;
}
