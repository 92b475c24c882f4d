/** A call that is expected, and how it is answered. */
export interface Reply {
  /** Every one of these must be among the arguments; the first reply that fits, and is left, is used. */
  readonly args: readonly string[];
  /** How often; once if not given. */
  readonly times?: number;
  /** It is no failure if this call never comes. */
  readonly optional?: boolean;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Milliseconds from the output to the end. */
  readonly delay?: number;
  /** Reads standard input to its end first, and logs it. */
  readonly readsInput?: boolean;
  /** Written to the destination of an `s3 cp` or `s3api get-object`. */
  readonly writesFile?: string;
  /** Signals are noted, and answered 0.3 s later by ending with this exit code. */
  readonly onSignal?: number;
}

/** What the fake notes of each call. */
export interface Call {
  readonly argv: readonly string[];
  /** SHA-256 of the key at descriptor 3, if the call used it. */
  readonly key: string | null;
  readonly input: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly problems: readonly string[];
}
