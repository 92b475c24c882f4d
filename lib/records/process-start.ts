import { readFileSync } from 'node:fs';

/** When a process began, in the kernel's ticks since boot; '' if there is no such process. */
export function startOf(pid: number): string {
  try {
    // The name of the program, in parentheses, may hold anything; the start is the 20th field after it.
    return /.*\) (?:\S+ ){19}(\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '';
  } catch {
    return '';
  }
}
