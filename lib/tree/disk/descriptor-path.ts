import { readlinkSync } from 'node:fs';

/** Of this process in /proc, which in a container may have other numbers. */
let pid: string | undefined;

/**
 * The path of what `descriptor` is open on, for node:fs and for child processes. As a last part, it is a link.
 * @throws the system's error where there is no /proc
 */
export function pathOfDescriptor(descriptor: number): string {
  pid ??= readlinkSync('/proc/self');
  return `/proc/${pid}/fd/${descriptor}`;
}
