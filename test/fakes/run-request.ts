// The protocol between a test and the process of its runs, many-runs.ts.

export interface RunRequest {
  /** The name of a bin. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What the command reads on standard input, which then ends. */
  readonly input?: string;
}

/** Precedes the exit code in the last line of a run, on stdout and stderr. */
export const END_OF_RUN = 'the run has ended: ';
