/** An expected call of `aws`, and its reply. */
export interface Reply {
  /** All of these must be among the call's arguments; the first unused reply that fits is given. */
  readonly args: readonly string[];
  /** How often the reply is given; once by default. */
  readonly times?: number;
  /** Whether the call may be missing. */
  readonly optional?: boolean;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Milliseconds before the output. */
  readonly delay?: number;
  /** Whether the call reads standard input to its end first, and notes it. */
  readonly readsInput?: boolean;
  /** Written to the destination of an `s3 cp` or `s3api get-object`. */
  readonly writesFile?: string;
  /** On a signal, the call notes it and ends 0.3 s later with this exit code. */
  readonly onSignal?: number;
}

/** A call that the fake has noted. */
export interface Call {
  readonly argv: readonly string[];
  /** SHA-256 of the encryption key at descriptor 3; `null` if the call does not use it. */
  readonly key: string | null;
  readonly input: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly problems: readonly string[];
}
