// `encrypted-s3-list-versions`, and `encrypted-s3 list-versions`
import type { Command } from 'commander';
import { commandLine } from '../../lib/cli/command-line.js';
import { main } from '../../lib/cli/main.js';
import { printVersions } from '../../lib/commands/list-versions.js';

export function listVersionsCommand(): Command {
  return commandLine(
    'encrypted-s3-list-versions',
    'List the versions and deletions of a file, or below a prefix.',
  )
    .argument('<aws_profile>')
    .argument('<aws_region>')
    .argument('<s3_url>', 's3://AWS_BUCKET/FILE_OR_FOLDER, or s3://AWS_BUCKET for everything')
    .option('--json', 'print an array of objects, with the exact keys')
    .addHelpText(
      'after',
      `
A line is a version, the newest of each file first: date, version id, size in bytes, state, key. States:
  current   what is in the bucket now
  deleted   here it was deleted
  -         an older version

In a pipe, the columns are separated by tabs, without a header, and dates are in UTC. Control characters in a
key are spelled out, so that each version is one line: a newline as \\n, a tab as \\x09. --json has keys exactly,
and null as the size of a deletion.

Example: encrypted-s3-list-versions default eu-central-1 s3://my-backup-s3/home/user/file1`,
    )
    .action((profile: string, region: string, url: string, { json }: { json?: true }) =>
      main('encrypted-s3-list-versions', false, (context) =>
        printVersions({ profile, region, url, isJson: json === true }, context),
      ),
    );
}
