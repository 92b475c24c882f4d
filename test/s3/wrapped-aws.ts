// An `aws` that runs shell commands before and after the real AWS CLI.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsCli } from '../s3-server/aws-clis.js';
import type { World } from './world.js';

/** Shell conditions on a call, whose arguments are in `$all`. */
export const SYNC = `expr "$all" : '.* s3 sync /' > /dev/null`;
/** A shell condition: the call uploads from the stage `$links`. */
export const UPLOAD_OF_LINKS = '[ -n "$links" ]';

/**
 * Puts the wrapper first on the world's PATH.
 * @param before shell commands, which may change the arguments
 * @param after shell commands
 * @returns a function that removes the wrapper
 */
export function wrapAws(world: World, cli: AwsCli, before: string, after = ''): () => void {
  const file = join(world.folder, 'programs', 'aws');
  const script = `#!/bin/sh
all="$*" links=
for argument; do
  case "$argument" in */links*) case "$all" in *--recursive*) links=$argument ;; esac ;; esac
done
${before}
'${join(cli.directory, 'aws')}' "$@"
code=$?
${after}
exit $code
`;
  writeFileSync(file, script, { mode: 0o755 });
  return () => rmSync(file);
}
