// What a test and the process of its runs tell each other; see many-runs.ts.

export interface RunRequest {
  readonly configFile: string;
  /** --full */
  readonly isFull: boolean;
}

/** Before the exit code, in a line of its own on stderr. */
export const END_OF_RUN = 'the run has ended: ';
