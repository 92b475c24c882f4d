// Checks with a test object whether the server honours SSE-C, whether the clocks agree, and whether these credentials
// can destroy history.
import type { AwsCli } from '../../aws/aws-cli.js';
import type { RemovedProbe } from '../../aws/sse-c/probe.js';
import { proveSseC } from '../../aws/sse-c/prove-sse-c.js';
import type { Log } from '../../cli/log/log.js';
import { formatDuration } from '../../cli/units/quantities.js';
import { type Finding, notChecked, ok, warning } from './finding.js';
import { printPolicy } from './remedies.js';

/** Seconds. S3 refuses requests that are 15 minutes off. */
const MAX_SKEW = 60;

/** @throws {BackupError} if the server does not honour SSE-C, or blocks it, or the object can't be stored */
export async function checkSseC(aws: AwsCli, log: Log, configFile: string): Promise<Finding[]> {
  const begun = Date.now();
  const removed = await proveSseC(aws, log);
  return [
    ok('SSE-C', 'honoured: an object was refused without a key and with a wrong one, and read with its own'),
    judgeClock(removed.lastModified, begun, Date.now()),
    judgeRights(removed, configFile),
  ];
}

/**
 * @param stored when the server says that the object was stored: ISO 8601, in whole seconds
 * @param begun before that, by this machine's clock (ms since the epoch)
 * @param ended after it
 */
export function judgeClock(stored: string | undefined, begun: number, ended: number): Finding {
  const at = Date.parse(stored ?? '');
  if (Number.isNaN(at)) return ok('clock', 'within 15 minutes of the server, which accepts requests');
  // The server's time has whole seconds: it may have been the end of that second.
  const skew = Math.max(0, begun - (at + 999), at - ended) / 1000;
  if (skew <= MAX_SKEW) return ok('clock', 'agrees with that of the server');
  const which = at > ended ? 'behind' : 'ahead of';
  return warning(
    'clock',
    `this machine's is ${formatDuration(skew)} ${which} the server's; S3 refuses requests that are 15 minutes off`,
    'timedatectl set-ntp true',
  );
}

export function judgeRights({ removal }: Pick<RemovedProbe, 'removal'>, configFile: string): Finding {
  if (removal === 'no versions')
    return notChecked('rights', 'without versioning, anyone who may delete can destroy history');
  if (removal === 'failed')
    return notChecked('rights', 'an older version could not be removed, but not for lack of a permission');
  if (removal === 'denied') return ok('rights', 'these credentials can remove no older versions (tried)');
  return warning(
    'rights',
    'these credentials can remove older versions (tried): anyone who steals them can destroy history. docs/security.md shows how to create a user without that right, with the least policy',
    printPolicy(configFile),
  );
}
