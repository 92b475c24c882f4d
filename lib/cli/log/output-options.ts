// The output options, the same for every command. They hold for the whole process; the command line sets them once.

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
  // The prompts of init obey only the variable.
  if (chosen.color === 'never') process.env['NO_COLOR'] = '1';
  if (chosen.color === 'always') delete process.env['NO_COLOR'];
}

export function isQuiet(): boolean {
  return options.quiet === true;
}

export function isVerbose(): boolean {
  return options.verbose === true;
}

/** Whether there is a progress line: on a terminal only. */
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
