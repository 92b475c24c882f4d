// ON_START, ON_SUCCESS, ON_WARNING and ON_FAILURE: a shell command to run or an address to ping, when a run begins and
// ends. A failed hook changes neither the run nor its exit code. Hooks never get the encryption key.
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import { describeError, errnoOf } from '../cli/errors.js';
import type { Log } from '../cli/log/log.js';
import { startProgram } from '../cli/start-program.js';
import { isCommand } from '../config/checks.js';

/** How long a hook may take (ms). */
interface HookLimits {
  readonly command: number;
  /** For each attempt to reach an address. */
  readonly ping: number;
  /** Before each further attempt. */
  readonly pauses: readonly number[];
}

const LIMITS: HookLimits = { command: 60_000, ping: 10_000, pauses: [1000, 3000] };

/**
 * The most bytes of a text. Linux starts no program with 128 KiB in one variable, and services keep 100 kB of a log.
 */
const MAX_TEXT = 16 * 1024;

export interface HookCall {
  readonly event: 'start' | 'success' | 'warning' | 'failure';
  /** `undefined` at the start. */
  readonly exitCode: number | undefined;
  /** Why the run failed, or what it left undone; '' otherwise. */
  readonly reason: string;
  /** What the run has done, in one line; '' before its end. */
  readonly summary: string;
  readonly configFile: string;
}

/**
 * Calls a hook, and warns if it fails.
 * @param environment of the command, to which variables about the run are added
 */
export async function callHook(
  hook: string | undefined,
  call: HookCall,
  environment: NodeJS.ProcessEnv,
  log: Log,
): Promise<void> {
  if (hook === undefined) return;
  const failure = await fireHook(hook, call, environment);
  if (failure !== undefined) log.warn(`ON_${call.event.toUpperCase()} has failed: ${failure}.`);
}

/** @returns why it failed; `undefined` if it did not */
export async function fireHook(
  hook: string,
  call: HookCall,
  environment: NodeJS.ProcessEnv,
  limits = LIMITS,
): Promise<string | undefined> {
  try {
    if (isCommand(hook)) await run(hook, call, environment, limits);
    else await ping(hook, call, limits);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Pings as healthchecks.io expects it: `$code` in the address becomes the exit code, and the body is kept as a log. */
async function ping(
  hook: string,
  { exitCode = 0, reason, summary }: HookCall,
  { ping: timeout, pauses }: HookLimits,
): Promise<void> {
  const address = hook.replaceAll('$code', `${exitCode}`);
  const body = [reason, summary]
    .filter((text) => text !== '')
    .map(cut)
    .join('\n');
  for (let attempt = 0; ; attempt += 1) {
    const failure = await post(address, body, timeout);
    const pause = pauses[attempt];
    if (failure === undefined) return;
    if (pause === undefined) throw new Error(failure);
    await wait(pause);
  }
}

/** @returns why it failed, without the address, which may be secret; `undefined` if it did not */
async function post(address: string, body: string, timeout: number): Promise<string | undefined> {
  try {
    // Does not follow redirects: the body may contain names of files, and the target may be plain http.
    const options = { method: 'POST', body, redirect: 'manual' } as const;
    const answer = await fetch(address, { ...options, signal: AbortSignal.timeout(timeout) });
    await answer.body?.cancel();
    if (answer.status >= 300 && answer.status < 400)
      return `the server answered ${answer.status}: it redirects to another address, which may be the right one`;
    return answer.ok ? undefined : `the server answered ${answer.status}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return `no answer within ${timeout / 1000} s`;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    // The errors of Node's parser of HTTP.
    if (errnoOf(cause)?.startsWith('HPE_')) return "the server's answer is not HTTP";
    return `no connection (${describeError(cause)})`;
  }
}

async function run(
  command: string,
  call: HookCall,
  environment: NodeJS.ProcessEnv,
  { command: timeout }: HookLimits,
): Promise<void> {
  const { event, exitCode, reason, summary, configFile } = call;
  const child = startProgram('/bin/sh', ['-c', command], {
    env: {
      ...environment,
      BACKUP_EVENT: event,
      BACKUP_EXIT_CODE: `${exitCode ?? ''}`,
      BACKUP_REASON: cut(reason),
      BACKUP_SUMMARY: cut(summary),
      BACKUP_CONFIG: configFile,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    // In its own process group, so that all of it can be killed.
    detached: true,
  });
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), timeout);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (signal !== null) throw new Error(`the command was ended by ${signal}`);
    if (code !== 0) throw new Error(`the command ended with exit code ${code}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Cuts a text that is too long, and appends its length. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT) return text;
  const beginning = new StringDecoder('utf8').write(bytes.subarray(0, MAX_TEXT));
  return `${beginning}… [cut: ${bytes.length} bytes]`;
}
