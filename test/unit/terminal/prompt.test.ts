import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Asks four questions, two of them for what must not be seen, and prints the answers. */
const PROGRAM = `
import { Interruption } from '${new URL('../../../lib/interruption.js', import.meta.url)}';
import { Prompt } from '${new URL('../../../lib/terminal/prompt.js', import.meta.url)}';
const prompt = new Prompt(process.stderr, new Interruption());
const answers = [await prompt.ask('1: '), await prompt.askHidden('2: '), await prompt.ask('3: ')];
answers.push(await prompt.askHidden('4: '));
console.log(JSON.stringify(answers));
`;

test('on a terminal, lines that are pasted before their questions answer them', () => {
  const node = `'${process.execPath}' --input-type=module --eval "$PROGRAM"`;
  const { stdout } = spawnSync('script', ['--quiet', '--command', node, '/dev/null'], {
    env: { ...process.env, PROGRAM },
    input: 'one\rtwo words\rthree\rfour\r',
    encoding: 'utf8',
    timeout: 10_000,
  });
  assert.match(stdout, /\["one","two words","three","four"\]/);
});
