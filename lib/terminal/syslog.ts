// Syslog through modern-syslog where it was built, else through one logger(1); without either, nothing.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

// Not imported: finding out what a CommonJS module exports costs Node some 10 ms at each start.
const require = createRequire(import.meta.url);

/** Levels of syslog.h, with facility `user` as the original's `logger -p user.info` and `user.crit`. */
export type SyslogLevel = 'info' | 'crit';
const PRIORITY = { info: 8 + 6, crit: 8 + 2 } as const;
const FACILITY_USER = 8;
/** Milliseconds that syslog gets at the end. */
const PATIENCE = 2_000;

interface Sink {
  send(level: SyslogLevel, message: string): void;
  /** Resolves when everything sent has left this process. */
  close(): Promise<void>;
  /** Gives up what has not been taken. */
  abandon(): void;
}

/** Sends in the background; nothing that goes wrong with syslog ever reaches the caller. */
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

  /** Waits until syslog has everything, but not for a syslog that stalls. */
  async close(): Promise<void> {
    const sink = this.#sink;
    if (sink === undefined) return;
    const patience = new AbortController();
    const { signal } = patience;
    const timeout = sleep(PATIENCE, undefined, { signal }).then(sink.abandon, () => undefined);
    await Promise.race([sink.close(), timeout]);
    patience.abort();
  }
}

function openSink(tag: string): Sink {
  try {
    return nativeSink(tag);
  } catch {
    return loggerSink(tag);
  }
}

function nativeSink(tag: string): Sink {
  const syslog = require('modern-syslog') as typeof import('modern-syslog').default;
  syslog.open(tag, 0, FACILITY_USER);
  const pending = new Set<Promise<void>>();
  return {
    send(level, message) {
      const sent = new Promise<void>((resolve) => syslog.log(PRIORITY[level], message, resolve));
      pending.add(sent);
      void sent.then(() => pending.delete(sent));
    },
    async close() {
      await Promise.all(pending);
    },
    abandon() {},
  };
}

function loggerSink(tag: string): Sink {
  const logger = spawn('logger', ['--tag', tag, '--prio-prefix'], { stdio: ['pipe', 'ignore', 'ignore'] });
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
    abandon() {
      logger.kill('SIGKILL');
    },
  };
}
