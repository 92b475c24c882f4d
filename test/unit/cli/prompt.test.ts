import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Asks four questions, two of them for what must not be seen, and prints the answers. */
const PROGRAM = `
import { Interruption } from '${new URL('../../../lib/cli/signals/interruption.js', import.meta.url)}';
import { Prompt } from '${new URL('../../../lib/cli/prompt.js', import.meta.url)}';
const prompt = new Prompt(process.stderr, new Interruption());
const answers = [await prompt.ask('1: '), await prompt.askHidden('2: '), await prompt.ask('3: ')];
answers.push(await prompt.askHidden('4: '));
console.log(JSON.stringify(answers));
`;

/** What the program prints on a terminal on which `input` is typed once it asks. */
function typed(input: string, environment: NodeJS.ProcessEnv = {}): string {
  // Raw from the beginning: the program is not the first to read, if the machine is slow.
  const program = `stty raw -echo; '${process.execPath}' --input-type=module --eval "$PROGRAM" 2>&1`;
  const words = '(sleep 1; printf %s "$INPUT"; sleep 0.3) | script --quiet --command "$COMMAND" /dev/null';
  const { stdout } = spawnSync('sh', ['-c', words], {
    env: { ...process.env, ...environment, PROGRAM, INPUT: input, COMMAND: program },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return stdout;
}

test('on a terminal, lines that are pasted before their questions answer them', () => {
  assert.match(typed('one\rtwo words\rthree\rfour\r'), /\["one","two words","three","four"\]/);
});

test('an answer with a Backspace is no answer where Backspace does not edit', () => {
  const input = 'one\rtwo\rthreee\x7f\rfour\r';
  assert.match(typed(input, { TERM: 'dumb' }), /The answer holds a control character/);
  assert.match(typed(input, { TERM: 'xterm' }), /\["one","two","three","four"\]/);
});
