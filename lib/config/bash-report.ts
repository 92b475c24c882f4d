import { isUtf8 } from 'node:buffer';

/** What bash's shell held after the config, as the epilogue of bash-script.ts prints it. */
export interface BashReport {
  readonly directory: string;
  /** The names that have come into being. */
  readonly newNames: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  readonly exported: ReadonlyMap<string, string>;
}

/** The report, or how far bash got without one: the exit code of the file's last command, if that failed. */
export type BashOutcome =
  | { readonly kind: 'report'; readonly report: BashReport }
  | { readonly kind: 'failed'; readonly exitCode: string }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-utf8' };

/** Reads what came through descriptor 3. */
export function parseReport(output: Buffer): BashOutcome {
  if (!isUtf8(output)) return { kind: 'not-utf8' };
  const fields = output.toString('utf8').split('\0').slice(0, -1);
  const [before, state, detail, after] = fields;
  if (before === undefined || state === undefined || detail === undefined) return { kind: 'ended' };
  if (state === 'failed') return { kind: 'failed', exitCode: detail };
  if (after === undefined || fields.at(-1) !== 'end') return { kind: 'ended' };
  const known = new Set(before.split('\n'));
  const settings = takeVariables(fields, 4);
  const exported = takeVariables(fields, settings.next);
  return {
    kind: 'report',
    report: {
      directory: detail,
      newNames: after.split('\n').filter((name) => !known.has(name) && name !== ''),
      settings: settings.variables,
      exported: exported.variables,
    },
  };
}

/** The `NAME=value` pieces from `start` up to an empty one. */
function takeVariables(fields: string[], start: number): { variables: Map<string, string>; next: number } {
  const end = fields.indexOf('', start);
  const variables = new Map<string, string>();
  for (const field of fields.slice(start, end)) {
    const equals = field.indexOf('=');
    variables.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return { variables, next: end + 1 };
}
