import { isUtf8 } from 'node:buffer';

/** The state of bash after the config, as the program of script.ts prints it. */
export interface BashReport {
  readonly directory: string;
  /** The names that did not exist before. */
  readonly newNames: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
  /** The patterns of `EXCLUDE`: see ConfigValues. */
  readonly exclude: readonly string[];
  readonly exported: ReadonlyMap<string, string>;
}

/** The report; or why there is none: the file's last command failed with an exit code, or the file ended bash. */
export type BashOutcome =
  | { readonly kind: 'report'; readonly report: BashReport }
  | { readonly kind: 'failed'; readonly exitCode: string }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-utf8' };

/** Parses what bash wrote to descriptor 3. */
export function parseReport(output: Buffer): BashOutcome {
  if (!isUtf8(output)) return { kind: 'not-utf8' };
  const fields = output.toString('utf8').split('\0').slice(0, -1);
  const [before, state, detail, after] = fields;
  if (before === undefined || state === undefined || detail === undefined) return { kind: 'ended' };
  if (state === 'failed') return { kind: 'failed', exitCode: detail };
  if (after === undefined || fields.at(-1) !== 'end') return { kind: 'ended' };
  const namesBefore = new Set(before.split('\n'));
  const settings = readVariables(fields, 4);
  const exclude = readVariables(fields, settings.end);
  const exported = readVariables(fields, exclude.end);
  return {
    kind: 'report',
    report: {
      directory: detail,
      newNames: after.split('\n').filter((name) => !namesBefore.has(name) && name !== ''),
      settings: new Map(settings.variables),
      exclude: exclude.variables.map(([, value]) => value),
      exported: new Map(exported.variables),
    },
  };
}

/** The `NAME=value` fields from `start` to the next empty one; `end` is the field after that. */
function readVariables(fields: string[], start: number): { variables: [string, string][]; end: number } {
  const empty = fields.indexOf('', start);
  const variables = fields.slice(start, empty).map((field): [string, string] => {
    const equals = field.indexOf('=');
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
  return { variables, end: empty + 1 };
}
