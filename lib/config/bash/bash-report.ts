import { isUtf8 } from 'node:buffer';

/** What bash's shell held after the config, as the epilogue of bash-script.ts prints it. */
export interface BashReport {
  readonly directory: string;
  /** The names that have come into being. */
  readonly newNames: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  /** The patterns of `EXCLUDE`: see ConfigValues. */
  readonly exclude: readonly string[];
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
  const exclude = takeVariables(fields, settings.next);
  const exported = takeVariables(fields, exclude.next);
  return {
    kind: 'report',
    report: {
      directory: detail,
      newNames: after.split('\n').filter((name) => !known.has(name) && name !== ''),
      settings: new Map(settings.variables),
      exclude: exclude.variables.map(([, value]) => value),
      exported: new Map(exported.variables),
    },
  };
}

/** The `NAME=value` pieces from `start` up to an empty one. */
function takeVariables(fields: string[], start: number): { variables: [string, string][]; next: number } {
  const end = fields.indexOf('', start);
  const variables = fields.slice(start, end).map((field): [string, string] => {
    const equals = field.indexOf('=');
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
  return { variables, next: end + 1 };
}
