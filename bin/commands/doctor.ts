// `encrypted-s3 doctor`
import { type Command, Option } from 'commander';
import { examples, namedConfig, parseDuration, subcommand } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { doctor } from '../../lib/commands/doctor.js';

interface Options {
  readonly config?: string;
  readonly fix?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly testHooks?: true;
  readonly escrow?: true;
  readonly maxAge: number;
  readonly profile?: string;
}

export function doctorCommand(): Command {
  const command: Command = subcommand('doctor', 'check everything that a backup needs, and say what to do');
  return command
    .argument('[config_file]', 'of the backup; without one, ~/.config/encrypted-s3-backup/config')
    .option('--config <config_file>', 'the same')
    .option('--fix', 'change the settings of the bucket, after showing the commands and asking')
    .option('--yes', 'with --fix: do not ask')
    .option('--test-hooks', 'fire ON_START, ON_SUCCESS, ON_WARNING and ON_FAILURE')
    .option('--escrow', 'ask for the easy-to-remember key, and fetch the encryption key with it')
    .addOption(
      new Option('--max-age <time>', 'how old the last complete run may be (90s, 30m, 26h, 2d)')
        .argParser(parseDuration)
        .default(parseDuration('2d'), '2d'),
    )
    .option('--profile <profile>', 'use this profile of the AWS CLI, not that of the config')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
It stores a test object in the bucket, and removes it. Only --fix changes
anything else, but never lifecycle rules of others.

Exit codes:
  0 everything is in order   1 there are warnings   2 something has failed`,
    )
    .addHelpText('after', examples('', '--fix', '--escrow ~/s3-backup.config'))
    .action((file: string | undefined, options: Options) => {
      const { profile, maxAge } = options;
      const configFile = namedConfig(command, file, options.config);
      if (options.fix === true && options.yes !== true && !process.stdin.isTTY)
        command.error('error: without a terminal, --fix needs --yes');
      const request = {
        configFile,
        profile,
        maxAge,
        isJson: options.json === true,
        fixes: options.fix === true,
        isConfirmed: options.yes === true,
        triesEscrow: options.escrow === true,
        firesHooks: options.testHooks === true,
      };
      return main('encrypted-s3-doctor', (context) => doctor(request, context));
    });
}
