import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { wrapped } from '../../../lib/cli/prompt.js';

/** A program that asks four questions, two of them with hidden answers, and prints the answers. */
const PROGRAM = `
import { Interruption } from '${new URL('../../../lib/cli/signals/interruption.js', import.meta.url)}';
import { Prompt, wrapped } from '${new URL('../../../lib/cli/prompt.js', import.meta.url)}';
const prompt = new Prompt(process.stderr, new Interruption());
const answers = [await prompt.ask('1: '), await prompt.askHidden('2: '), await prompt.ask('3: ')];
answers.push(await prompt.askHidden('4: '));
console.log(JSON.stringify(answers));
`;

/** The output of the program on a terminal on which `input` is typed. */
function outputFor(input: string, environment: NodeJS.ProcessEnv = {}): string {
  // The terminal is raw from the start, since on a slow machine the input arrives before the program reads.
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
  assert.match(outputFor('one\rtwo words\rthree\rfour\r'), /\["one","two words","three","four"\]/);
});

test('an answer with a Backspace is no answer where Backspace does not edit', () => {
  const input = 'one\rtwo\rthreee\x7f\rfour\r';
  assert.match(outputFor(input, { TERM: 'dumb' }), /The answer holds a control character/);
  assert.match(outputFor(input, { TERM: 'xterm' }), /\["one","two","three","four"\]/);
});

test('text is wrapped to the width of the terminal, but no wider than can be read', () => {
  const text = 'one two three four five six '.repeat(10).trim();
  for (const [columns, most] of [
    [20, 19],
    [60, 59],
    [300, 99],
    [undefined, 79],
  ] as const) {
    const lines = wrapped(text, columns).split('\n');
    assert.ok(Math.max(...lines.map((line) => line.length)) <= most);
    assert.equal(lines.join(' '), text);
  }
  assert.equal(wrapped('a-word-that-is-too-long b', 10), 'a-word-that-is-too-long\nb');
});
