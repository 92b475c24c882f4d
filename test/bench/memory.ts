// The peak memory of one of our programs, as Node reports it at its end.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs a program to its end and discards its output.
 * @param folder for the measurement
 * @returns the peak memory in megabytes
 * @throws {Error} if it fails
 */
export function memoryOf(command: readonly string[], folder: string, env: NodeJS.ProcessEnv): number {
  const result = join(folder, 'memory');
  const measure = join(folder, 'measure.mjs');
  writeFileSync(
    measure,
    `import { writeFileSync } from 'node:fs';
const result = ${JSON.stringify(result)};
process.on('exit', () => writeFileSync(result, String(process.resourceUsage().maxRSS)));\n`,
  );
  const { status, stderr } = spawnSync(process.execPath, command, {
    env: { ...env, NODE_OPTIONS: `--import=${measure}` },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  return Number(readFileSync(result, 'utf8')) / 1024;
}
