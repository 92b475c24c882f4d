// Syslog, through the package modern-syslog where it is installed, else through logger(1), else not at all.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../start-program.js';

// Required, not imported: it is optional, since it has to be compiled.
const require = createRequire(import.meta.url);

/** Levels of syslog.h, with facility `user` as the original's `logger -p user.info` and `user.crit`. */
type SyslogLevel = 'info' | 'crit';
const PRIORITY = { info: 8 + 6, crit: 8 + 2 } as const;
const FACILITY_USER = 8;
/** Milliseconds in which syslog must accept a message at the end. */
const PATIENCE = 2_000;

interface Sink {
  send(level: SyslogLevel, message: string): void;
  /** Resolves when everything sent has left this process. */
  close(): Promise<void>;
  /** How many messages syslog is known to have accepted. */
  accepted(): number;
  /** Gives up on the other messages. @returns whether this process can end without them */
  abandon(): boolean;
}

/** Sends in the background. No failure of syslog reaches the caller. */
export class Syslog {
  readonly #tag: string;
  #sink: Sink | undefined;

  constructor(tag: string) {
    this.#tag = tag;
  }

  /** `message` must be a single line. */
  send(level: SyslogLevel, message: string): void {
    this.#sink ??= openSink(this.#tag);
    this.#sink.send(level, message);
  }

  /**
   * Waits until syslog has all messages, unless it stalls.
   * @returns false if Node can't end this process, since one of its threads waits for syslog
   */
  async close(): Promise<boolean> {
    const sink = this.#sink;
    if (sink === undefined) return true;
    const closed = sink.close().then(() => true);
    for (;;) {
      const before = sink.accepted();
      const patience = new AbortController();
      const timeout = sleep(PATIENCE, false, { signal: patience.signal }).catch(() => false);
      const isClosed = await Promise.race([closed, timeout]);
      patience.abort();
      if (isClosed) return true;
      if (sink.accepted() === before) return sink.abandon();
    }
  }
}

function openSink(tag: string): Sink {
  // The first process of a container can't kill itself, which a stalled syslog may make necessary.
  if (process.pid === 1) return loggerSink(tag);
  try {
    return nativeSink(tag);
  } catch {
    return loggerSink(tag);
  }
}

function nativeSink(tag: string): Sink {
  const syslog = require('modern-syslog') as typeof import('modern-syslog').default;
  syslog.open(tag, 0, FACILITY_USER);
  let last: Promise<void> = Promise.resolve();
  let accepted = 0;
  return {
    // One after the other: a syslog that stalls blocks one of Node's few threads, not all.
    send(level, message) {
      last = last.then(async () => {
        await new Promise<void>((resolve) => syslog.log(PRIORITY[level], message, resolve));
        accepted += 1;
      });
    },
    close: () => last,
    accepted: () => accepted,
    abandon: () => false,
  };
}

function loggerSink(tag: string): Sink {
  const logger = startProgram('logger', ['--tag', tag, '--prio-prefix'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    logger.on('error', () => resolve());
    logger.on('close', () => resolve());
  });
  logger.stdin.on('error', () => undefined);
  return {
    send(level, message) {
      logger.stdin.write(`<${PRIORITY[level]}>${message}\n`);
    },
    async close() {
      logger.stdin.end();
      await ended;
    },
    accepted: () => 0,
    abandon() {
      logger.kill('SIGKILL');
      return true;
    },
  };
}
