// `encrypted-s3-sync`, and `encrypted-s3 sync`
import { type Command, Option } from 'commander';
import { commandLine, examples, namedConfig, seconds } from '../../lib/cli/command-line.js';
import { type CommandContext, main } from '../../lib/cli/main.js';
import { sync } from '../../lib/commands/sync.js';

const AFTER_SIGNAL =
  'What has been uploaded stays in the bucket: run the same command again, and it sends the rest.';

interface Options {
  readonly config?: string;
  readonly wait: number;
  readonly dryRun?: true;
  readonly full?: true;
  readonly allowMassDelete?: true;
  readonly adopt?: true;
  readonly anotherKey?: true;
  readonly json?: true;
}

export function syncCommand(): Command {
  const command = commandLine('encrypted-s3-sync', 'Sync a local directory to an encrypted S3 bucket.');
  return command
    .argument('[config_file]', 'the backup to run; without it, ~/.config/encrypted-s3-backup/config')
    .option('--config <config_file>', 'the same')
    .option('--wait <seconds>', 'wait for another run to end, at most so long', seconds, 0)
    .option('--dry-run', 'print what would be uploaded and deleted, and change nothing')
    .option('--full', "compare the bucket's listing with the disk, however long ago that was last done")
    .option('--allow-mass-delete', 'go on although many or all files are gone from LOCAL_DIR')
    .option('--adopt', 'take over a backup whose last run was of another host or LOCAL_DIR')
    .option('--another-key', 'start a backup although others in the bucket have another encryption key')
    .addOption(new Option('--json', 'print what the run has done as one line of JSON').conflicts('dryRun'))
    .addHelpText('after', examples('', '--dry-run', '--full --quiet ~/s3-backup.config'))
    .action((file: string | undefined, options: Options) => {
      const configFile = namedConfig(command, file, options.config);
      const run = (context: CommandContext) => {
        const flags = {
          waitSeconds: options.wait,
          allowsMassDelete: options.allowMassDelete === true,
          adopts: options.adopt === true,
          usesAnotherKey: options.anotherKey === true,
          isFull: options.full === true,
          isDry: options.dryRun === true,
          isJson: options.json === true,
        };
        return sync(configFile, flags, context);
      };
      return main('encrypted-s3-sync', run, { arePrefixed: true, afterSignal: AFTER_SIGNAL });
    });
}
