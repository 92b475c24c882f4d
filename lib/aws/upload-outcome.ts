// What became of each file of an upload, as `aws s3 cp` tells it: a line on standard output for each that was
// uploaded, one on standard error for each that was not. Names are printed raw.

/** What a name must not hold if the lines of several files are to be told apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a line may be split at these
const AMBIGUOUS = /[\x00-\x1f\x7f\x85\u2028\u2029]| to s3:\/\//;

/** True if the AWS CLI's output tells this file from all others of the same upload. */
export function canParseName(path: string): boolean {
  return !AMBIGUOUS.test(path);
}

/** Collects what the AWS CLI says of the files of one upload. */
export class UploadOutcome {
  readonly #target: string;
  readonly #unsettled: Map<string, string>;
  readonly #sent = new Set<string>();
  #hasTold = false;

  /**
   * @param target the URL before the paths: `s3://BUCKET/PREFIX`
   * @param paths of the files, below that
   */
  constructor(target: string, paths: readonly string[]) {
    this.#target = ` to ${target}`;
    this.#unsettled = new Map(paths.map((path) => [path, '']));
  }

  /** Whether the AWS CLI has said anything of any file. */
  get hasTold(): boolean {
    return this.#hasTold;
  }

  /** @param line of standard output @returns the path of the file that it tells to be uploaded */
  readOutput(line: string): string | undefined {
    if (!line.startsWith('upload: ')) return undefined;
    const path = line.slice(line.lastIndexOf(this.#target) + this.#target.length);
    if (!this.#unsettled.delete(path)) return undefined;
    this.#hasTold = true;
    this.#sent.add(path);
    return path;
  }

  /** @param line of standard error */
  readError(line: string): void {
    const failed = /^(?:aws: \[ERROR\]: )?upload failed: /.exec(line);
    if (failed !== null) {
      this.#hasTold = true;
      const rest = line.slice(line.indexOf(this.#target) + this.#target.length);
      const path = this.#longest((it) => rest.startsWith(`${it} `));
      if (path !== undefined) this.#unsettled.set(path, rest.slice(path.length + 1));
    } else if (/^(?:aws: \[WARNING\]: )?warning: Skipping file /.test(line)) {
      this.#hasTold = true;
      const path = this.#longest((it) => line.includes(`/${it}. `));
      if (path !== undefined) this.#unsettled.set(path, line);
    }
  }

  /**
   * What became of each.
   * @param isDone whether the AWS CLI ended with 0: then nothing has failed
   * @param words its last ones, for what it said nothing of
   * @returns why each failed; `undefined` for what was uploaded
   */
  result(path: string, isDone: boolean, words: string): string | undefined {
    if (isDone || this.#sent.has(path)) return undefined;
    return this.#unsettled.get(path) || words || 'the AWS CLI does not say that it was uploaded';
  }

  /** The longest of the paths without a reason yet: one may be the beginning of another. */
  #longest(fits: (path: string) => boolean): string | undefined {
    let found: string | undefined;
    for (const [path, why] of this.#unsettled)
      if (why === '' && path.length > (found?.length ?? -1) && fits(path)) found = path;
    return found;
  }
}
