// The protocol between a test and the process of its runs, many-runs.ts.

export interface RunRequest {
  readonly command: 'encrypted-s3' | 'encrypted-s3-sync' | 'encrypted-s3-download-dir';
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Precedes the exit code in the last line of a run, on stdout and stderr. */
export const END_OF_RUN = 'the run has ended: ';
