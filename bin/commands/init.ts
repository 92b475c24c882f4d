// `encrypted-s3 init`
import { type Command, Option } from 'commander';
import { examples, namedConfig, subcommand } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { printPolicy } from '../../lib/commands/init/policy.js';
import { INIT_STEPS, type InitRequest } from '../../lib/commands/init/request.js';
import { timeOfDay } from './schedule.js';

interface Options {
  readonly config?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly endpointUrl?: string;
  readonly directory?: string;
  readonly prefix?: string;
  readonly exclude?: readonly string[];
  readonly excludeSuggested?: true;
  readonly storageClass?: string;
  readonly retentionDays?: string;
  readonly prices?: string;
  readonly ping?: string;
  readonly schedule?: NonNullable<InitRequest['schedule']>;
  readonly skip?: InitRequest['skips'];
  readonly yes?: true;
  readonly iam?: true;
}

export function initCommand(): Command {
  const command: Command = subcommand('init', 'set up a backup: config, key, bucket, escrow, first run');
  return command
    .argument(
      '[config_file]',
      'to write, or to continue with; without one, ~/.config/encrypted-s3-backup/config',
    )
    .option('--config <config_file>', 'the same')
    .option('--profile <profile>', 'the profile of the AWS CLI')
    .option('--region <region>', 'of the bucket')
    .option('--bucket <bucket>', 'to back up to; it may not exist yet')
    .option('--endpoint-url <url>', "of an S3 server other than Amazon's")
    .option('--directory <directory>', 'to back up')
    .option('--prefix <prefix>', "the prefix of the backup's keys")
    .option('--exclude <pattern...>', 'what to leave out, as EXCLUDE in the config')
    .option('--exclude-suggested', 'with --yes: exclude caches and packages that a scan finds')
    .option('--storage-class <class>', 'of the files; without it, STANDARD_IA')
    .option('--retention-days <days>', 'how long the bucket keeps deleted and overwritten files')
    .option('--prices <file>', "prices for the estimate, instead of Amazon's in us-east-1")
    .option('--ping <url>', 'an address to ping after each run, such as one of healthchecks.io')
    .option(
      '--schedule <when>',
      'run it from then on: hourly, daily, at a time such as 03:30, or by cron',
      whenToRun,
    )
    .addOption(new Option('--skip <step...>', 'steps to skip').choices(INIT_STEPS))
    .option(
      '--yes',
      'ask nothing: take the flags, or the proposed values; the easy-to-remember key is the first line of standard input',
    )
    .option('--iam', 'print the least IAM policy that this backup needs, and do nothing else')
    .addHelpText(
      'after',
      examples(
        '',
        '--exclude "*/.cache" --schedule 03:30',
        '--yes --bucket my-backup-s3 --directory ~/documents < easy-to-remember-key',
      ),
    )
    .action((file: string | undefined, options: Options) => {
      const request: InitRequest = {
        configFile: namedConfig(command, file, options.config),
        profile: options.profile,
        region: options.region,
        bucket: options.bucket,
        endpointUrl: options.endpointUrl,
        directory: options.directory,
        prefix: options.prefix,
        exclude: options.exclude ?? [],
        excludesSuggested: options.excludeSuggested === true,
        storageClass: options.storageClass,
        retentionDays: options.retentionDays,
        pricesFile: options.prices,
        ping: options.ping,
        schedule: options.schedule,
        skips: options.skip ?? [],
        isYes: options.yes === true,
      };
      return main('encrypted-s3-init', async (context) => {
        if (options.iam === true) return printPolicy(request, context);
        // Only init needs the package for prompts.
        const { init } = await import('../../lib/commands/init.js');
        return init(request, context);
      });
    });
}

function whenToRun(text: string): string {
  return ['hourly', 'daily', 'cron'].includes(text) ? text : timeOfDay(text);
}
