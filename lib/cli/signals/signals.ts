// The signals that end a command. Every program loads this file early, so that Ctrl-C works while the rest loads. Like
// node-version.ts, it must load in any version of Node.js, so it imports nothing.
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type EndingSignal = keyof typeof NUMBERS;

/** Handles a signal. `handleSignals` replaces it, so that there is a handler at any moment. */
let handle = (signal: EndingSignal): void => {
  const isQuiet = process.argv.some((word) => word === '--quiet' || word === '-q');
  // The terminal has shown `^C` in the line.
  if (process.stderr.isTTY && !isQuiet)
    process.stderr.write(`\r\x1b[KEnded by ${signal}. Nothing has begun: run the same command again.\n`);
  process.exit(128 + NUMBERS[signal]);
};

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => handle(signal));

/** From now on, `handler` is called for each signal, and the process goes on. */
export function handleSignals(handler: (signal: EndingSignal) => void): void {
  handle = handler;
}
