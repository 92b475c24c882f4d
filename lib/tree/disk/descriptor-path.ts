import { readlinkSync } from 'node:fs';

/** The PID of this process in /proc, which may differ from `process.pid` in a container. */
let pid: string | undefined;

/**
 * The path of an open file or folder, for node:fs and for child processes. Its last part is a link.
 * @throws the system's error if there is no /proc
 */
export function pathOfDescriptor(descriptor: number): string {
  pid ??= readlinkSync('/proc/self');
  return `/proc/${pid}/fd/${descriptor}`;
}
