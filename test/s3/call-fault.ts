// A fault at the nth call of the real AWS CLI in a run. A wrapper that is first on PATH counts the calls.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.js';

export interface CallFault {
  /** From 1. */
  readonly number: number;
  /** Whether the fault strikes before or after the AWS CLI's work. */
  readonly when: 'before' | 'after';
  readonly what: 'kill aws' | 'kill the command' | 'kill both' | 'fail' | 'change';
  /** The shell script that `change` runs in LOCAL_DIR. */
  readonly script: string;
}

/** @param directory of the real `aws` */
export function countCalls({ folder }: World, directory: string): void {
  const aws = join(folder, 'programs/aws');
  const script = `#!/bin/sh
. '${folder}/fault'
number=1
until mkdir "$CALLS/$number" 2>/dev/null; do number=$((number + 1)); done
apply_fault() {
  [ "$number $1" = "$AT" ] || return 0
  case $WHAT in fail) exit 1 ;; change) sh '${folder}/change' ;; 'kill the command' | 'kill both') kill -KILL $PPID ;; esac
  case $WHAT in 'kill aws' | 'kill both') kill -KILL $$ ;; esac
}
apply_fault before
'${directory}/aws' "$@"
code=$?
apply_fault after
exit $code
`;
  writeFileSync(aws, script);
  chmodSync(aws, 0o755);
}

/** Sets the fault, or lifts it with `undefined`, and restarts the count. */
export function setFault({ folder, source }: World, fault: CallFault | undefined): void {
  // A call of a killed run may still count itself in the old folder.
  const lines = [`CALLS='${mkdtempSync(join(folder, 'calls-'))}'`];
  if (fault !== undefined) lines.push(`AT='${fault.number} ${fault.when}'`, `WHAT='${fault.what}'`);
  writeFileSync(join(folder, 'change'), `cd '${source}'\n${fault?.script ?? ''}\n`);
  writeFileSync(join(folder, 'fault'), `${lines.join('\n')}\n`);
}
