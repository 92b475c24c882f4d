// The processes that the runs of a test file share: one for each run that goes on at the same time.
import { after } from 'node:test';
import { CommandProcess, type Outcome } from './command-process.js';
import type { RunRequest } from './run-request.js';

/** The idle processes, by how they were started. */
const idle = new Map<string, CommandProcess[]>();
let isOver = false;
after(async () => {
  isOver = true;
  await Promise.all([...idle.values()].flat().map((it) => it.end()));
});

/**
 * Runs a command in a process that other runs use, too.
 * @param through the program, with its arguments, that starts the process, if any
 */
export async function runShared(request: RunRequest, through: readonly string[]): Promise<Outcome> {
  const nodeOptions = request.environment['NODE_OPTIONS'];
  const kind = [nodeOptions, ...through].join(' ');
  const ofKind = idle.get(kind) ?? [];
  idle.set(kind, ofKind);
  const process = ofKind.pop() ?? new CommandProcess(through, nodeOptions);
  const outcome = await process.run(request);
  // The run of a failed test may outlast the test.
  if (isOver) await process.end();
  else ofKind.push(process);
  return outcome;
}
