// `encrypted-s3 schedule`
import { type Command, InvalidArgumentError, Option } from 'commander';
import { examples, namedConfig, subcommand } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { removeSchedule, schedule, showSchedule } from '../../lib/commands/schedule.js';

interface Options {
  readonly config?: string;
  readonly hourly?: true;
  readonly at?: `${number}:${number}`;
  readonly cron?: true;
  readonly remove?: true;
  readonly show?: true;
}

const WAYS = ['hourly', 'daily', 'at', 'cron', 'remove', 'show'];

export function scheduleCommand(): Command {
  return subcommand('schedule', 'schedule a backup by a timer of systemd or by cron')
    .argument('[config_file]', 'the backup to run; without it, ~/.config/encrypted-s3-backup/config')
    .option('--config <config_file>', 'the same')
    .addOption(oneOfAll('--hourly', 'every hour'))
    .addOption(oneOfAll('--daily', 'every day, at any time of it; this is the default'))
    .addOption(oneOfAll('--at <time>', 'every day at this time, such as 03:30').argParser(timeOfDay))
    .addOption(oneOfAll('--cron', 'every day, by a file in /etc/cron.daily instead of a timer'))
    .addOption(oneOfAll('--remove', 'remove the schedule'))
    .addOption(oneOfAll('--show', 'show the schedule, and how its last run has ended'))
    .addHelpText('after', examples('', '--at 03:30 ~/s3-backup.config', '--show'))
    .action((file: string | undefined, options: Options, command: Command) => {
      const configFile = namedConfig(command, file, options.config);
      return main('encrypted-s3-schedule', async (context) => {
        if (options.show === true) return showSchedule(configFile);
        if (options.remove === true) return removeSchedule(configFile);
        const when = options.hourly === true ? 'hourly' : (options.at ?? 'daily');
        return schedule(configFile, options.cron === true ? 'cron' : 'systemd', when, context);
      });
    });
}

function oneOfAll(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.conflicts(WAYS.filter((way) => way !== option.attributeName()));
}

export function timeOfDay(text: string): string {
  if (!/^([01]?\d|2[0-3]):[0-5]\d$/.test(text)) throw new InvalidArgumentError('Examples: 03:30, 18:00.');
  return text;
}
