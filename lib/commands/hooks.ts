// Calls the hooks of a run: ON_START before it, and ON_SUCCESS, ON_WARNING or ON_FAILURE at its end, whatever ends it.
import { shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import { type CommandContext, exitCodeOfError } from '../cli/main.js';
import type { BackupConfig } from '../config/backup-config.js';
import { readConfig } from '../config/read-config.js';
import { InvalidConfigError } from '../config/setting-reader.js';
import { type Finding, ok, warning } from '../health/doctor/finding.js';
import { editConfig } from '../health/doctor/remedies.js';
import { callHook, fireHook, type HookCall } from '../health/hooks.js';
import type { RunResult } from './back-up.js';

/** @returns the run's exit code */
export async function withHooks(
  configFile: string,
  { log }: CommandContext,
  run: (config: BackupConfig) => Promise<RunResult>,
): Promise<number> {
  let config: BackupConfig | undefined;
  try {
    config = await readConfig(configFile, log);
    if (config.hooksRefusal !== undefined) throw config.hooksRefusal;
    await call(config.hooks.onStart, { event: 'start' });
    const { exitCode: code, facts, summary } = await run(config);
    const { onSuccess, onWarning } = config.hooks;
    if (code === exitCode.done) await call(onSuccess, { event: 'success', exitCode: code, summary });
    else {
      const reason = `The run has left something undone: ${facts?.notBackedUp} not in the backup.`;
      await call(onWarning, { event: 'warning', exitCode: code, reason, summary });
    }
    return code;
  } catch (error) {
    const onFailure = error instanceof InvalidConfigError ? error.onFailure : config?.hooks.onFailure;
    const reason = error instanceof Error ? error.message : String(error);
    await call(onFailure, { event: 'failure', exitCode: exitCodeOfError(error), reason });
    throw error;
  }

  function call(hook: string | undefined, facts: Partial<HookCall> & Pick<HookCall, 'event'>): Promise<void> {
    const whole = { exitCode: undefined, reason: '', summary: '', configFile, ...facts };
    return callHook(hook, whole, config?.environment ?? process.env, log);
  }
}

/** Fires each hook that the config has, as a run would. */
export async function testHooks(config: BackupConfig): Promise<Finding[]> {
  const { hooks, environment, configFile } = config;
  const events = [
    ['start', hooks.onStart, undefined],
    ['success', hooks.onSuccess, exitCode.done],
    ['warning', hooks.onWarning, exitCode.incomplete],
    ['failure', hooks.onFailure, exitCode.failed],
  ] as const;
  const findings: Finding[] = [];
  for (const [event, hook, code] of events) {
    if (hook === undefined) continue;
    const name = `ON_${event.toUpperCase()}`;
    const words = 'This is a test by encrypted-s3 doctor --test-hooks.';
    const call = { event, exitCode: code, reason: words, summary: '', configFile };
    const failure = await fireHook(hook, call, environment);
    findings.push(
      failure === undefined
        ? ok(name, 'fired')
        : warning(
            name,
            `has failed: ${failure}`,
            `${editConfig(configFile)} && encrypted-s3 doctor --test-hooks ${shellQuote(configFile)}`,
          ),
    );
  }
  return findings;
}
