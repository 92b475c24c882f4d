// The texts of a schedule's units.
import type { Confinement } from './confinement.js';
import { markerOf } from './own-files.js';
import { escapePercent, quoteArgument, quoteWord, wordsIn } from './quoting.js';
import type { Schedule, When } from './schedule.js';
import type { WrittenPlan } from './scheduler.js';

interface Unit {
  /** With its suffix. */
  readonly name: string;
  readonly text: string;
}

/** @param isSystem whether they are for the system's manager, not for a user's */
export function unitsOf(schedule: Schedule, isSystem: boolean): Unit[] {
  const { name, configFile } = schedule;
  const texts = {
    [serviceOf(name)]: serviceText(schedule, isSystem),
    [failureServiceOf(name)]: failureText(schedule, isSystem),
    [timerOf(name)]: timerText(schedule),
  };
  return Object.entries(texts).map(([unit, text]) => ({
    name: unit,
    text: `${markerOf(configFile)}\n${text}`,
  }));
}

export function timerOf(name: string): string {
  return `${name}.timer`;
}

export function serviceOf(name: string): string {
  return `${name}.service`;
}

export function failureServiceOf(name: string): string {
  return `${name}-failed.service`;
}

function serviceText(schedule: Schedule, isSystem: boolean): string {
  const { name, configFile, command, confinement } = schedule;
  return `[Unit]
Description=Encrypted backup to S3 by ${escapePercent(configFile)}
ConditionACPower=true
${isSystem ? 'Wants=network-online.target\nAfter=network-online.target\n' : ''}OnFailure=${failureServiceOf(name)}

[Service]
Type=oneshot
WorkingDirectory=/
${variables(schedule)}ExecStart=${command.map(quoteArgument).join(' ')}
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
${isSystem ? systemHardening(confinement) : userHardening(confinement)}`;
}

function variables({ environment }: Schedule): string {
  return environment.map(([name, value]) => `Environment=${quoteWord(`${name}=${value}`)}\n`).join('');
}

function systemHardening({ readOnly, writable, hasPrivateTmp }: Confinement): string {
  if (readOnly === 'nothing') return '';
  return [
    'NoNewPrivileges=true',
    `ProtectSystem=${readOnly === 'all' ? 'strict' : 'full'}`,
    // `-` ignores paths that do not exist.
    ...(readOnly === 'all' ? writable.map((path) => `ReadWritePaths=${quoteWord(`-${path}`)}`) : []),
    `PrivateTmp=${hasPrivateTmp}`,
    'ProtectKernelTunables=true',
    'ProtectKernelModules=true',
    'ProtectControlGroups=true',
    'RestrictRealtime=true',
    'RestrictSUIDSGID=true',
    'LockPersonality=true',
    'SystemCallArchitectures=native',
    '',
  ].join('\n');
}

/**
 * A user's manager can only restrict the file system for processes that see all other users as `nobody`: the backup
 * would have wrong owners. A hook that is a command may need a program with special permissions, such as sendmail.
 */
function userHardening({ readOnly }: Confinement): string {
  if (readOnly !== 'all') return '';
  return 'NoNewPrivileges=true\nRestrictRealtime=true\nLockPersonality=true\nSystemCallArchitectures=native\n';
}

/** Reports a failure by mail, as cron does; without a mail system, on every terminal. */
function failureText(schedule: Schedule, isSystem: boolean): string {
  const { name, configFile } = schedule;
  const service = serviceOf(name);
  const mail = `{ echo "Subject: ${service} has failed on $(uname -n)"; echo; systemctl "$@" --no-pager --full --lines=50 status ${service}; } | sendmail "$(id -un)"`;
  const shout = `echo "The backup ${service} has failed: see journalctl --unit=${service} $*" | systemd-cat --priority=emerg`;
  return `[Unit]
Description=Tells that the backup by ${escapePercent(configFile)} has failed

[Service]
Type=oneshot
${variables(schedule)}ExecStart=/bin/sh -c ${quoteArgument(`${mail} || ${shout}`)} sh${isSystem ? '' : ' --user'}
`;
}

function timerText({ configFile, when }: Schedule): string {
  return `[Unit]
Description=Time of the encrypted backup to S3 by ${escapePercent(configFile)}

[Timer]
OnCalendar=${calendarOf(when)}
RandomizedDelaySec=${when === 'daily' ? '1h' : '5min'}
Persistent=true

[Install]
WantedBy=timers.target
`;
}

function calendarOf(when: When): string {
  return when === 'hourly' || when === 'daily' ? when : `*-*-* ${when}:00`;
}

/** @param text of the units of one schedule */
export function planInUnits(text: string): WrittenPlan {
  // The other service reports failures.
  const command = /^ExecStart=(?!\/bin\/sh -c )(.*)$/m.exec(text)?.[1] ?? '';
  const [, when = '', time] = /^OnCalendar=(?:(hourly|daily)|\*-\*-\* (.*):00)$/m.exec(text) ?? [];
  return {
    command: wordsIn(command.replaceAll('%%', '%').replaceAll('$$', '$')),
    flags: time === undefined ? (when === 'hourly' ? ['--hourly'] : []) : ['--at', time],
  };
}
