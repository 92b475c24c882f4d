// The signals that end a command. Every program loads this before most of itself, which takes a moment: Ctrl-C is answered
// during that, too. Like node-version.ts, this file must load in any version of Node.js, and imports nothing.
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type EndingSignal = keyof typeof NUMBERS;

/** What a signal does. It is replaced and never taken away: so there is no moment without it. */
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
