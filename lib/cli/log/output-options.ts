// What the user says about output, the same for every command. It is about the process: set once, by the command line.

export interface OutputOptions {
  /** Whether to print nothing but warnings, errors and what was asked for. */
  readonly quiet?: boolean;
  /** Whether to print what goes to syslog, too. */
  readonly verbose?: boolean;
  /** False: no progress line. */
  readonly progress?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}

let options: OutputOptions = {};

export function setOutputOptions(chosen: OutputOptions): void {
  options = chosen;
  // The questions of init go by the variable alone.
  if (chosen.color === 'never') process.env['NO_COLOR'] = '1';
  if (chosen.color === 'always') delete process.env['NO_COLOR'];
}

export function isQuiet(): boolean {
  return options.quiet === true;
}

export function isVerbose(): boolean {
  return options.verbose === true;
}

/** On a terminal only. */
export function showsProgress(): boolean {
  return process.stderr.isTTY && !isQuiet() && options.progress !== false;
}

/** See https://no-color.org/ @param stream where the colour would go */
export function usesColor(
  environment = process.env,
  stream: { readonly isTTY: boolean } = process.stderr,
): boolean {
  const { color = 'auto' } = options;
  if (color !== 'auto') return color === 'always';
  return stream.isTTY && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
