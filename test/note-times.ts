// `run-tests.js --slowest` loads this into the process of each test file; it notes the file's times at its end.
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The variable that names the file of the notes. */
export const TIMES_VARIABLE = 'TEST_TIMES_FILE';
/** The kernel's clock ticks per second. */
const TICKS = 100;

export interface FileTimes {
  readonly file: string;
  /** Seconds. */
  readonly wall: number;
  /** CPU seconds of the test file and of the processes that it has waited for. */
  readonly processor: number;
}

/** User and system time of the process and its children, from /proc/self/stat; the program's name may contain blanks. */
function processorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /s, '').split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

const { [TIMES_VARIABLE]: notes, NODE_TEST_CONTEXT: isTestFile } = process.env;
// The runner that starts the test files has the same options, but is not a test file.
if (notes !== undefined && isTestFile !== undefined && isMainThread) {
  process.on('exit', () => {
    const times = { file: process.argv[1] ?? '', wall: process.uptime(), processor: processorSeconds() };
    appendFileSync(notes, `${JSON.stringify(times satisfies FileTimes)}\n`);
  });
}
