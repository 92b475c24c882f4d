// What a test and the process of its runs tell each other; see many-runs.ts.

export interface RunRequest {
  readonly command: 'encrypted-s3' | 'encrypted-s3-sync' | 'encrypted-s3-download-dir';
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Before the exit code, in a line of its own on stdout and stderr. */
export const END_OF_RUN = 'the run has ended: ';
