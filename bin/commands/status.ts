// `encrypted-s3 status`
import { type Command, Option } from 'commander';
import { examples, namedConfig, parseDuration, subcommand } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { bucketStatus } from '../../lib/commands/bucket-status.js';
import { status } from '../../lib/commands/status.js';

interface Options {
  readonly config?: string;
  readonly maxAge?: number;
  readonly json?: true;
  readonly header?: true;
  readonly prometheus?: string;
  readonly bucket?: readonly string[];
  readonly escrow?: true;
}

export function statusCommand(): Command {
  const command: Command = subcommand('status', 'show whether a backup is fresh, and what its last run did');
  return command
    .argument('[config_file]', 'of the backup; without one, ~/.config/encrypted-s3-backup/config')
    .option('--config <config_file>', 'the same')
    .option(
      '--max-age <time>',
      'a monitoring plugin: one line, and the exit code 2 if the last complete run is older (26h, 2d), 1 if the last run left something undone, 3 if that is unknown',
      parseDuration,
    )
    .option('--json', 'print JSON')
    .addOption(
      new Option('--prometheus <file>', "write metrics for the node exporter's textfile collector").conflicts(
        'bucket',
      ),
    )
    .option(
      '--bucket <profile_region_bucket...>',
      'show each backup in a bucket instead: AWS_PROFILE AWS_REGION BUCKET; needs no encryption key',
    )
    .addOption(
      new Option(
        '--escrow',
        'with --bucket: ask for the easy-to-remember key, and show the records, too; --config does so without asking',
      ).conflicts('config'),
    )
    .option('--header', 'with --bucket: print the header of the table in a pipe, too')
    .addHelpText(
      'after',
      `
Without --max-age, a backup is OK if its last run left nothing undone and is not
older than 2 days. Exit codes:
  0 it is OK, or --bucket   1 failed   3 it is not OK   5 wrong key`,
    )
    .addHelpText(
      'after',
      examples('', '--max-age 26h ~/s3-backup.config', '--bucket default eu-central-1 my-backup-s3'),
    )
    .action((file: string | undefined, options: Options) => {
      const { maxAge, json, prometheus, bucket, escrow, header } = options;
      const configFile = namedConfig(command, file, options.config);
      const isJson = json === true;
      if (escrow === true && bucket === undefined) command.error('error: --escrow needs --bucket');
      return main('encrypted-s3-status', (context) => {
        if (bucket === undefined)
          return status({ configFile, maxAge, isJson, metricsFile: prometheus }, context);
        const [profile, region, name, ...more] = bucket;
        if (profile === undefined || region === undefined || name === undefined || more.length > 0)
          command.error('error: --bucket needs AWS_PROFILE AWS_REGION BUCKET');
        return bucketStatus(
          {
            profile,
            region,
            bucket: name,
            configFile,
            usesEscrow: escrow === true,
            maxAge,
            isJson,
            hasHeader: header === true,
          },
          context,
        );
      });
    });
}
