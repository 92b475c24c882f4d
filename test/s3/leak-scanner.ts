// A worker that searches repeatedly, until it is stopped, for secrets in places that other users of the machine, or
// somebody with its disk, could read: command lines, environments and temporary files.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

export interface ScanRequest {
  /** The secrets, by names that may be printed. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Folders to search completely. */
  readonly folders: readonly string[];
  /** Folders to search for files newer than `start` (ms). */
  readonly sharedFolders: readonly string[];
  readonly start: number;
  /** The names in /proc at the start. Those processes know no secret. */
  readonly earlier: readonly string[];
  /** Files that may hold secrets, such as the config. */
  readonly allowed: readonly string[];
  /** Set to 1 to stop the scan. */
  readonly stop: Int32Array;
}

export interface ScanResult {
  /** The distinct findings, as `SECRET in PLACE`. */
  readonly found: readonly string[];
  /** The command lines in which a file holds the value of a parameter; blanks separate the arguments. */
  readonly parameterFiles: readonly string[];
  readonly rounds: number;
}

const LARGEST = 256 * 1024;
/** The names of the tests' own folders. */
const OF_TESTS = /^(?:esb-test|world|property)-/;
/** Milliseconds between rounds. */
const PAUSE = 15;
const LONGEST_UNSEEN = 100;

class Scanner {
  readonly #request: ScanRequest;
  readonly #secrets: readonly (readonly [string, Buffer])[];
  readonly #found = new Set<string>();
  readonly #parameterFiles = new Set<string>();
  #earlier: ReadonlySet<string>;
  #lookedAtProcesses = 0;

  constructor(request: ScanRequest) {
    this.#request = request;
    this.#earlier = new Set(request.earlier);
    this.#secrets = Object.entries(request.secrets).map(([name, secret]) => [name, Buffer.from(secret)]);
  }

  run(): ScanResult {
    let rounds = 0;
    while (Atomics.load(this.#request.stop, 0) === 0) {
      this.#processes();
      // Files live longer than processes, so not every round searches them.
      if (rounds % 4 === 0) {
        for (const folder of this.#request.folders) this.#folder(folder, 0);
        for (const folder of this.#request.sharedFolders) this.#folder(folder, this.#request.start);
      }
      rounds += 1;
      // The processes of interest live longer than the pause, and the commands need the CPU, too.
      Atomics.wait(this.#request.stop, 0, 0, PAUSE);
    }
    return { found: [...this.#found], parameterFiles: [...this.#parameterFiles], rounds };
  }

  #processes(): void {
    const all = readdirSync('/proc');
    // The number of an ended process may be reused.
    this.#earlier = new Set(all.filter((it) => this.#earlier.has(it)));
    for (const pid of all) {
      if (!/^\d+$/.test(pid) || this.#earlier.has(pid)) continue;
      const commandLine = contentOf(`/proc/${pid}/cmdline`);
      this.#look(commandLine, 'a command line');
      this.#look(contentOf(`/proc/${pid}/environ`), 'an environment');
      if (commandLine.includes('fileb://')) {
        this.#parameterFiles.add(commandLine.toString().replaceAll('\0', ' '));
      }
    }
    this.#lookedAtProcesses = Date.now();
  }

  /** Searches a folder. @param since skips older files (ms) */
  #folder(folder: string, since: number): void {
    for (const name of namesIn(folder)) {
      // Shared folders may hold many files, so processes are scanned in between.
      if (Date.now() - this.#lookedAtProcesses > LONGEST_UNSEEN) this.#processes();
      const file = join(folder, name);
      this.#look(Buffer.from(name), `the name of a file in ${folder}`);
      try {
        const stats = lstatSync(file);
        if (this.#request.allowed.includes(file) || stats.ctimeMs < since) continue;
        if (stats.isDirectory() && !this.#isForOthers(name, file)) this.#folder(file, since);
        else if (stats.isFile() && stats.size <= LARGEST) this.#look(contentOf(file), file);
      } catch {
        // The file is gone.
      }
    }
  }

  /** Whether a folder is searched separately, or belongs to another test, which knows no secret and may have a mount that hangs. */
  #isForOthers(name: string, folder: string): boolean {
    const { folders, sharedFolders } = this.#request;
    return OF_TESTS.test(name) || folders.includes(folder) || sharedFolders.includes(folder);
  }

  #look(content: Buffer, place: string): void {
    for (const [name, secret] of this.#secrets) {
      if (content.includes(secret)) this.#found.add(`${name} in ${place}`);
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

parentPort?.postMessage(new Scanner(workerData as ScanRequest).run());
