// Which files one `aws s3 cp` has uploaded. It prints a line on standard output for each uploaded file, and one on
// standard error for each that failed. Names are not escaped.

/** If a name contains this, the lines of several files are ambiguous. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a line may be split at these
const AMBIGUOUS = /[\x00-\x1f\x7f\x85\u2028\u2029]| to s3:\/\//;

/** True if the AWS CLI's lines about this file can't be taken for those about another one. */
export function canParseName(path: string): boolean {
  return !AMBIGUOUS.test(path);
}

/** Reads the lines that one call prints. */
export class UploadOutcome {
  readonly #target: string;
  readonly #uploaded = new Set<string>();
  /** Why each of the other files was not uploaded; '' if no line says why. */
  readonly #reasons: Map<string, string>;
  #hasNamedFiles = false;

  /**
   * @param target the URL that paths are relative to: `s3://BUCKET/PREFIX`
   * @param paths of the files
   */
  constructor(target: string, paths: readonly string[]) {
    this.#target = ` to ${target}`;
    this.#reasons = new Map(paths.map((path) => [path, '']));
  }

  /** True if a line was about one of the files. */
  get hasNamedFiles(): boolean {
    return this.#hasNamedFiles;
  }

  /** @param line of standard output @returns the path of the file, if the line says that one was uploaded */
  readOutput(line: string): string | undefined {
    if (!line.startsWith('upload: ')) return undefined;
    const path = line.slice(line.lastIndexOf(this.#target) + this.#target.length);
    if (!this.#reasons.delete(path)) return undefined;
    this.#hasNamedFiles = true;
    this.#uploaded.add(path);
    return path;
  }

  /** @param line of standard error */
  readError(line: string): void {
    if (/^(?:aws: \[ERROR\]: )?upload failed: /.test(line)) {
      this.#hasNamedFiles = true;
      const rest = line.slice(line.indexOf(this.#target) + this.#target.length);
      const path = this.#longestPath((it) => rest.startsWith(`${it} `));
      if (path !== undefined) this.#reasons.set(path, rest.slice(path.length + 1));
    } else if (/^(?:aws: \[WARNING\]: )?warning: Skipping file /.test(line)) {
      this.#hasNamedFiles = true;
      const path = this.#longestPath((it) => line.includes(`/${it}. `));
      if (path !== undefined) this.#reasons.set(path, line);
    }
  }

  /**
   * Why a file was not uploaded; `undefined` if it was.
   * @param isDone true if the AWS CLI ended with 0: then all files were uploaded
   * @param lastWords of the AWS CLI: the reason for files that no line names
   */
  whyNotUploaded(path: string, isDone: boolean, lastWords: string): string | undefined {
    if (isDone || this.#uploaded.has(path)) return undefined;
    return this.#reasons.get(path) || lastWords || 'the AWS CLI does not say that it was uploaded';
  }

  /** Of the paths without a reason, the longest that fits: one may be the beginning of another. */
  #longestPath(fits: (path: string) => boolean): string | undefined {
    let longest: string | undefined;
    for (const [path, reason] of this.#reasons)
      if (reason === '' && path.length > (longest?.length ?? -1) && fits(path)) longest = path;
    return longest;
  }
}
