// Checks whether something starts the runs, and how the last one ended.
import { shellQuote } from '../../cli/errors.js';
import { exitCode as exitCodes } from '../../cli/exit-codes.js';
import { formatTime } from '../../cli/units/times.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** What `encrypted-s3 schedule` has written for a config; times in ms since the epoch. */
export interface KnownSchedule {
  readonly scheduler: { readonly kind: string; readonly linger: string | undefined };
  readonly isEnabled: boolean;
  readonly nextRun: number | undefined;
  readonly lastRun: number | undefined;
  readonly exitCode: number | undefined;
  /** The flags of `encrypted-s3 schedule` that made it. */
  readonly flags: readonly string[];
  /** The paths of missing files that it needs. */
  readonly missing: readonly string[];
}

/**
 * @param configFile an absolute path
 * @param weakness how a user other than root could replace what root runs
 */
export function judgeSchedules(
  schedules: readonly KnownSchedule[],
  configFile: string,
  weakness?: { readonly text: string; readonly remedy: string },
): Finding[] {
  const commandFor = (flags: readonly string[]) =>
    ['encrypted-s3 schedule', ...flags, shellQuote(configFile)].join(' ');
  if (schedules.length === 0)
    return [
      warning(
        'schedule',
        'none by encrypted-s3 schedule: unless something else starts runs, there will be none',
        commandFor([]),
      ),
    ];
  return [
    ...schedules.map((schedule) => judgeSchedule(schedule, commandFor(schedule.flags))),
    ...(weakness === undefined ? [] : [warning('schedule', weakness.text, weakness.remedy)]),
  ];
}

function judgeSchedule(
  { scheduler, isEnabled, nextRun, lastRun, exitCode, missing }: KnownSchedule,
  command: string,
): Finding {
  const { kind, linger } = scheduler;
  if (missing.length > 0)
    return failed('schedule', `that of ${kind} lacks "${missing.join('" and "')}"`, command);
  if (!isEnabled) return failed('schedule', `that of ${kind} is turned off`, command);
  const last = lastRun === undefined ? 'its last run is not known' : `last run ${formatTime(lastRun)}`;
  const next = nextRun === undefined ? '' : `, next ${formatTime(nextRun)}`;
  const text = `${kind}: ${last}${exitCode === undefined ? '' : `, exit code ${exitCode}`}${next}`;
  // `last run` reports an incomplete one.
  if (exitCode !== undefined && exitCode !== exitCodes.done && exitCode !== exitCodes.incomplete)
    return failed('schedule', text, 'journalctl -t encrypted-s3-sync');
  if (linger !== undefined)
    return warning('schedule', `${text}; it runs only while this user is logged in`, linger);
  return ok('schedule', text);
}
