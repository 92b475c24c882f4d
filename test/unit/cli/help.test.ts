// The help of each command is complete and readable.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, CommanderError } from 'commander';
import { downloadDirCommand } from '../../../bin/commands/download-dir.js';
import { downloadFileCommand } from '../../../bin/commands/download-file.js';
import { downloadKeyCommand } from '../../../bin/commands/download-key.js';
import { listVersionsCommand } from '../../../bin/commands/list-versions.js';
import { syncCommand } from '../../../bin/commands/sync.js';
import { umbrella } from '../../../bin/commands/umbrella.js';
import { undeleteCommand } from '../../../bin/commands/undelete.js';
import { uploadKeyCommand } from '../../../bin/commands/upload-key.js';

/** The help on a terminal of 80 columns. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (words) => (text += words), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

const program = umbrella();
const commands = program.commands.filter((it) => it.name() !== 'complete');

for (const command of [program, ...commands]) {
  const name = command === program ? 'encrypted-s3' : `encrypted-s3 ${command.name()}`;
  const help = helpOf(command);

  test(`the help of ${name} fits into 80 columns, but for usages and examples to copy`, () => {
    const wide = help.split('\n').filter((it) => it.length > 80 && !/^(Usage:)? +encrypted-s3/.test(it));
    assert.deepEqual(wide, []);
  });

  test(`the help of ${name} says what the command does in a sentence`, () => {
    assert.match(help.split('\n\n')[1] ?? '', /^[A-Z].*\.$/s);
  });

  test(`the help of ${name} calls the command as the user did, and shows no default that nobody types`, () => {
    for (const usage of help.split('\n\n')[0]?.split('\n') ?? [])
      assert.ok(usage.includes(`${name} `), usage);
    assert.doesNotMatch(help, /default: (\[\]|\d{3,}|"")/);
  });
}

/** The words of each example. */
function examplesOf(command: Command): string[][] {
  const [, lines = ''] = /^Examples:\n((?: {2}.*\n)+)/m.exec(`${helpOf(command)}\n`) ?? [];
  return lines.split('\n').flatMap((line) => (line === '' ? [] : [line.trim().split(/ +/)]));
}

for (const command of [program, ...commands.filter((it) => it.name() !== 'help')])
  test(`the help of ${command.name()} has examples, which the command understands`, () => {
    const examples = examplesOf(command);
    assert.ok(examples.length > 0);
    for (const [name, ...words] of examples) {
      assert.equal(name, 'encrypted-s3');
      const called = command === program ? commands.find((it) => it.name() === words[0]) : command;
      assert.equal(words[0], called?.name());
      for (const word of words.filter((it) => it.startsWith('--') && it !== '--help'))
        assert.ok(
          called?.options.some((it) => it.long === word),
          word,
        );
    }
  });

/** The commands of the programs on PATH, and those of the umbrella. */
const both = [
  ...commands.filter((it) => it.name() !== 'help'),
  syncCommand(),
  uploadKeyCommand(),
  downloadKeyCommand(),
  downloadFileCommand(),
  downloadDirCommand(),
  listVersionsCommand(),
  undeleteCommand(),
];

for (const command of both) {
  const name = command.parent === null ? command.name() : `encrypted-s3 ${command.name()}`;

  test(`the help of ${name} has the same options for the output as that of every other command`, () => {
    const [, options = ''] = /\nOutput:\n([\s\S]*?)(\n\n|$)/.exec(helpOf(command)) ?? [];
    for (const option of ['-q, --quiet', '-v, --verbose', '--no-progress', '--color <when>'])
      assert.ok(options.includes(`  ${option} `), option);
  });

  test(`a usage error of ${name} is followed by the usage and by where help is`, () => {
    let text = '';
    command.exitOverride().configureOutput({ writeErr: (words) => (text += words) });
    assert.throws(() => command.parse(['--color', 'pink'], { from: 'user' }), CommanderError);
    const [error, usage, ...more] = text.split('\n');
    assert.match(`${error}`, /^error: .*'--color <when>' .* Allowed choices are auto, always, never\.$/);
    assert.ok(usage?.startsWith(`Usage: ${name} `), usage);
    assert.deepEqual(more.slice(-2), [`Try "${name} --help".`, '']);
  });
}

test('commands that bring back or remove files say what their exit codes mean', () => {
  for (const command of commands)
    if (['restore', 'download-dir', 'download-file', 'rollback', 'undelete', 'sync'].includes(command.name()))
      assert.match(helpOf(command), /^Exit codes:$/m, command.name());
});

test('doctor refuses two configs', () => {
  const doctor = umbrella().commands.find((it) => it.name() === 'doctor') as Command;
  doctor.exitOverride().configureOutput({ writeErr: () => undefined });
  assert.throws(() => doctor.parse(['--config', 'a', 'b'], { from: 'user' }), CommanderError);
});
