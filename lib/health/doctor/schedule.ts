// Whether something starts the runs, and how the last one that it started has ended.
import { shellQuote } from '../../cli/errors.js';
import { formatTime } from '../../cli/units/times.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** What `encrypted-s3 schedule` has written for a config; times in ms since the epoch. */
export interface KnownSchedule {
  readonly scheduler: { readonly kind: string; readonly needsLogin: boolean };
  readonly isEnabled: boolean;
  readonly nextRun: number | undefined;
  readonly lastRun: number | undefined;
  readonly exitCode: number | undefined;
}

/** A run that has left something undone is told of by `last run`. */
const INCOMPLETE = 3;

/** @param configFile an absolute path */
export function judgeSchedules(schedules: readonly KnownSchedule[], configFile: string): Finding[] {
  const command = `encrypted-s3 schedule ${shellQuote(configFile)}`;
  if (schedules.length === 0)
    return [
      warning(
        'schedule',
        'none by encrypted-s3 schedule: if nothing else starts runs, none will happen',
        command,
      ),
    ];
  return schedules.map((schedule) => judgeSchedule(schedule, command));
}

function judgeSchedule(
  { scheduler, isEnabled, nextRun, lastRun, exitCode }: KnownSchedule,
  command: string,
): Finding {
  const { kind, needsLogin } = scheduler;
  if (!isEnabled) return failed('schedule', `that of ${kind} is turned off`, command);
  const last = lastRun === undefined ? 'its last run is not known' : `last run ${formatTime(lastRun)}`;
  const next = nextRun === undefined ? '' : `, next ${formatTime(nextRun)}`;
  const text = `${kind}: ${last}${exitCode === undefined ? '' : `, exit code ${exitCode}`}${next}`;
  if (exitCode !== undefined && exitCode !== 0 && exitCode !== INCOMPLETE)
    return failed('schedule', text, 'See why: journalctl -t encrypted-s3-sync');
  if (needsLogin)
    return warning(
      'schedule',
      `${text}; it runs only while this user is logged in`,
      'loginctl enable-linger',
    );
  return ok('schedule', text);
}
