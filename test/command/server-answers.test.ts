// Every command reports the server's refusal and its remedy, once, and ends with the right exit code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { umbrella } from '../../bin/commands/umbrella.js';
import type { Outcome } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';
import { ANSWERS, refuse } from './server-answers.js';
import { COMMANDS, commandsFor, commandsRefused, runOf, type Said, ServerWorld } from './server-commands.js';

const NO_SUCH_BUCKET: readonly [number, RegExp] = [
  1,
  /^ERROR: .*\(NoSuchBucket\).*\nHINT: Check its name, and that profile, region and endpoint are those of the backup\.$/m,
];

for (const answer of ANSWERS) {
  const { code, message, to, hint } = answer;
  test(`every command reports the answer ${code} (${message.slice(0, 50)}) to ${to.join(', ')}, and what to do`, async (t) => {
    const world = await ServerWorld.make(t);
    refuse(world, answer);
    for (const command of commandsRefused(to)) {
      const { said = onStandardError, end } = command;
      const words = command.args(world);
      const outcome = await runOf(command, world, words);
      const shown = `encrypted-s3 ${words.join(' ')}: ${outcome.stdout}${outcome.stderr}`;
      if (typeof end !== 'number') {
        assert.equal(outcome.code, end[0], shown);
        assert.match(outcome.stdout + outcome.stderr, end[1], shown);
        continue;
      }
      assert.equal(outcome.code, end, shown);
      const { words: told, hints } = said(outcome);
      assert.ok(told.includes(`(${code})`), shown);
      if (message !== 'None') assert.equal(told.split(message).length - 1, 1, shown);
      assert.equal(hints.length, hint === undefined ? 0 : 1, shown);
      if (hint !== undefined) assert.match(hints[0] ?? '', hint, shown);
    }
    const { code: exitCode, stderr } = await world.runUnprivileged('encrypted-s3', [
      'complete',
      '--',
      'restore',
      '',
    ]);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(world.awsCalls(), [], 'the completion asks the server');
  });
}

test('every command says that there is no bucket, or makes one with a word', async (t) => {
  for (const command of commandsFor()) {
    const { withoutBucket = NO_SUCH_BUCKET } = command;
    const world = await ServerWorld.make(t);
    world.removeBucket();
    const words = command.args(world);
    const { code, stdout, stderr } = await runOf(command, world, words);
    const shown = `encrypted-s3 ${words.join(' ')}: ${stdout}${stderr}`;
    assert.equal(code, withoutBucket[0], shown);
    assert.match(stdout + stderr, withoutBucket[1], shown);
  }
});

test('the table of this test has every command', async (t) => {
  const world = await ServerWorld.make(t);
  const names = umbrella().commands.map((command) => command.name());
  const asking = names.filter((name) => !['help', 'complete'].includes(name));
  assert.deepEqual(new Set(COMMANDS.map(({ args }) => args(world)[0] ?? '')), new Set(asking));
});

/** The messages on standard error, without the hint at the end of a failed scheduled run. */
function onStandardError({ stderr }: Outcome): Said {
  const hints = stderr.split('\n').filter((line) => line.includes('HINT: '));
  return { words: stderr, hints: hints.filter((it) => !it.includes('Correct the problems above')) };
}

test('a run gives a reason that many files share once, with its hint, and names each file', async (t) => {
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'a');
  assert.equal((await world.sync()).code, 0);
  const paths = Array.from({ length: 15 }, (_, number) => `f${`${number}`.padStart(2, '0')}`);
  for (const path of paths) world.write(path, path);
  for (const path of paths.slice(3)) {
    const resource = `arn:aws:s3:::test-bucket/pc/docs/${path}`;
    world.faults.failPut(
      `pc/docs/${path}`,
      `An error occurred (AccessDenied) when calling the PutObject operation: x is not authorized to perform: s3:PutObject on resource: "${resource}" because no policy allows it`,
    );
  }
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.equal(stderr.match(/not authorized/g)?.length, 1, stderr);
  assert.equal(stderr.match(/HINT: /g)?.length, 1, stderr);
  assert.match(stderr, /HINT: The profile's user needs s3:PutObject, or/);
  for (const path of paths.slice(4))
    assert.match(
      stderr,
      new RegExp(`${path}" is not in the backup as it is, for the same reason as ".*/f03"\\.`),
    );
});
