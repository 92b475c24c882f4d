// The help of each command, as somebody reads it who has nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, CommanderError } from 'commander';
import { umbrella } from '../../../bin/commands/umbrella.js';

/** On a terminal of 80 columns. */
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

  test(`${name}: the help fits into 80 columns, but for usages and examples to copy`, () => {
    const wide = help
      .split('\n')
      .filter((it) => it.length > 80 && !/^(Usage:)? +encrypted-s3|^Example/.test(it));
    assert.deepEqual(wide, []);
  });

  test(`${name}: the help says what the command does in a sentence`, () => {
    assert.match(help.split('\n\n')[1] ?? '', /^[A-Z].*\.$/s);
  });

  test(`${name}: the help calls the command as it was called, and shows no default that nobody types`, () => {
    for (const usage of help.split('\n\n')[0]?.split('\n') ?? [])
      assert.ok(usage.includes(`${name} `), usage);
    assert.doesNotMatch(help, /default: (\[\]|\d{3,}|"")/);
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
