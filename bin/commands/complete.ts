// `encrypted-s3 complete -- WORD…`, which the scripts in lib/cli/completion/scripts call.
import { Command } from 'commander';
import { expectedWords } from '../../lib/cli/completion/expected-words.js';
import { complete } from '../../lib/commands/complete.js';

/** @param umbrella has the commands whose lines are completed */
export function completeCommand(umbrella: Command): Command {
  return new Command('complete')
    .argument('<words...>')
    .action((words: string[]) => complete(expectedWords(umbrella, words), words.at(-1) ?? ''));
}
