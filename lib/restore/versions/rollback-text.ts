// What the user reads of a rollback before it is done.
import { s3Url } from '../../aws/arguments/object-arguments.js';
import { printable } from '../../cli/log/log.js';
import { formatBytes, formatCount } from '../../cli/units/quantities.js';
import type { Removal, RollbackTotals } from './rollback-plan.js';

/** A line for each kind of change that there is. */
export function planInWords({ versions, bytes, markers, deleted }: RollbackTotals): string[] {
  return [
    versions > 0
      ? `${formatCount(versions, 'newer version')} (${formatBytes(bytes)}) will be removed, and can't be brought back`
      : '',
    markers > 0
      ? `${formatCount(markers, 'delete marker')} will be removed, so that deleted files are back`
      : '',
    deleted > 0
      ? `${formatCount(deleted, 'file')} that did not exist then will be deleted; the bucket keeps the versions`
      : '',
  ].filter((line) => line !== '');
}

/** What a dry run prints for one removal. */
export function removalLine(bucket: string, { key, versionId, size }: Removal): string {
  const url = printable(s3Url({ bucket, key }));
  if (versionId === undefined) return `(dryrun) delete: ${url}\n`;
  const what = size === undefined ? 'delete marker' : formatBytes(size);
  return `(dryrun) remove: ${url} (${what}, version ${versionId})\n`;
}
