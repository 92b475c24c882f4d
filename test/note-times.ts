// Loaded into the process of each test file by `run-tests.js --slowest`: notes at its end what it has cost.
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The variable that names the file of the notes. */
export const TIMES_VARIABLE = 'TEST_TIMES_FILE';
/** Of the kernel, a second. */
const TICKS = 100;

export interface FileTimes {
  readonly file: string;
  /** Seconds. */
  readonly wall: number;
  /** Seconds of the processor: of the test file, and of all that it has started and waited for. */
  readonly processor: number;
}

/** After the name of the program, in parentheses: user and system time of the process, and of its children. */
function processorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /s, '').split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

const { [TIMES_VARIABLE]: notes, NODE_TEST_CONTEXT: isTestFile } = process.env;
// The runner that starts the files has the same options, and is none.
if (notes !== undefined && isTestFile !== undefined && isMainThread) {
  process.on('exit', () => {
    const times = { file: process.argv[1] ?? '', wall: process.uptime(), processor: processorSeconds() };
    appendFileSync(notes, `${JSON.stringify(times satisfies FileTimes)}\n`);
  });
}
