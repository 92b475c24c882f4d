// Completion of command lines in real shells.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binOf, DIST } from '../fakes/bins.js';
import { BucketWorld } from './bucket-world.js';

const PROJECT = join(DIST, '..');
const SCRIPTS = join(PROJECT, 'lib/cli/completion/scripts');
const TYPED_LINE = fileURLToPath(new URL('../../../test/fakes/typed-line.py', import.meta.url));
const { bin } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { bin: object };

/** A world with a backup of a few files, and the programs on PATH. */
class ShellWorld extends BucketWorld {
  static async make(t: TestContext): Promise<ShellWorld> {
    const world = new ShellWorld(t);
    world.makeBucket();
    for (const path of ['Frau Müller.txt', 'notes.txt', "letters/it's $HOME.txt", 'letters/one:two.txt'])
      world.write(path, 'x');
    for (const name of Object.keys(bin)) world.fake(name, `exec "${process.execPath}" "${binOf(name)}" "$@"`);
    assert.equal((await world.sync()).code, 0);
    mkdirSync(join(world.home, '.aws'));
    writeFileSync(join(world.home, '.aws/config'), '[default]\n[profile work]\n[services x]\n');
    writeFileSync(join(world.home, '.aws/credentials'), '[old]\n');
    return world;
  }

  /** The line after the shell has completed its last word. */
  complete(shell: keyof typeof RC, line: string): string {
    const out = join(this.folder, 'line');
    rmSync(out, { force: true });
    const rc = join(this.folder, shell === 'bash' ? 'bashrc' : '.zshrc');
    writeFileSync(rc, RC[shell]);
    const command = shell === 'bash' ? ['bash', '--rcfile', rc, '-i'] : ['zsh', '-d', '-i'];
    const { status, error, stderr } = spawnSync('python3', [TYPED_LINE, `${line}\t\x18\x18`, ...command], {
      cwd: this.folder,
      encoding: 'utf8',
      env: {
        ...this.variables,
        OUT: out,
        SCRIPTS,
        ZDOTDIR: this.folder,
        TERM: 'xterm',
        INPUTRC: '/dev/null',
      },
    });
    assert.deepEqual([error, status], [undefined, 0], stderr);
    return readFileSync(out, 'utf8');
  }

  /** The completions that fish offers. */
  offeredByFish(line: string): string[] {
    const { stdout, error } = spawnSync(
      'fish',
      ['--no-config', '-c', 'source $SCRIPTS/encrypted-s3.fish; complete -C "$argv"', line],
      { cwd: this.folder, encoding: 'utf8', env: { ...this.variables, SCRIPTS } },
    );
    assert.equal(error, undefined);
    return stdout.split('\n').slice(0, -1);
  }

  /** The completions that the programs give to the shells. */
  async offered(...words: readonly string[]): Promise<string[]> {
    const { stdout, stderr, code } = await this.run('encrypted-s3', ['complete', '--', ...words]);
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').slice(0, -1);
  }

  get variables(): NodeJS.ProcessEnv {
    return { HOME: this.home, PATH: this.path, LC_ALL: 'C.UTF-8' };
  }
}

const FINISH_OF_ZSH = `PS1=READY
finish() { printf %s "$BUFFER" > "$OUT"; exit; }
zle -N finish; bindkey '^X^X' finish
`;

const RC = {
  bash: `PS1=READY; source "$SCRIPTS/encrypted-s3.bash"
finish() { printf %s "$READLINE_LINE" > "$OUT"; exit; }
bind -x '"\\C-x\\C-x": finish'
`,
  zsh: `autoload -Uz compinit; compinit -u -d "$ZDOTDIR/dump"; source "$SCRIPTS/encrypted-s3.zsh"
${FINISH_OF_ZSH}`,
  'zsh that finds the script by itself': `fpath=("$ZDOTDIR/functions" $fpath)
autoload -Uz compinit; compinit -u -d "$ZDOTDIR/dump"
${FINISH_OF_ZSH}`,
};

test('commands, options, choices and profiles are offered', async (t) => {
  const world = await ShellWorld.make(t);
  const names = (await world.offered('')).map((it) => it.split('\t')[0]);
  assert.ok(['sync', 'restore', 'schedule', 'help'].every((name) => names.includes(name)));
  assert.ok(!names.includes('complete'));
  assert.deepEqual(await world.offered('sync', '--fu'), [
    "--full\tcompare the bucket's listing with the disk, however long ago that was last done",
    ':files',
  ]);
  assert.deepEqual(await world.offered('sync', '--color', 'a'), ['auto', 'always']);
  assert.deepEqual(await world.offered('status', '--bucket', ''), ['default', 'old', 'work']);
  assert.deepEqual(await world.offered('init', '--profile', 'w'), ['work']);
  assert.deepEqual(await world.offered('init', '--directory', ''), [':files']);
  assert.deepEqual(await world.offered('help', 'dif'), ['diff']);
  assert.deepEqual(await world.offered('no-such-command', ''), []);
  assert.deepEqual(await world.offered('sync', '--wait', ''), []);
});

test('paths come from the tree of the last run, without a call of aws', async (t) => {
  const world = await ShellWorld.make(t);
  const config = ['--config', world.configFile];
  assert.deepEqual(await world.offered('ls', ...config, ''), ['Frau Müller.txt', 'letters/', 'notes.txt']);
  assert.deepEqual(await world.offered('ls', ...config, 'letters/o'), ['letters/one:two.txt']);
  assert.deepEqual(await world.offered('ls', ...config, `${world.source}/n`), [`${world.source}/notes.txt`]);
  assert.deepEqual(await world.offered('undelete', world.configFile, '--', 'n'), ['notes.txt']);
  assert.deepEqual(await world.offered('restore', ...config, 'n'), ['notes.txt', ':files']);
  assert.deepEqual(await world.offered('list-versions', ...config, 'default', 'x', 's3:'), [
    's3://test-bucket/pc/docs/',
  ]);
  const url = 's3://test-bucket/pc/docs/';
  assert.deepEqual(await world.offered('download-file', ...config, 'default', 'x', `${url}n`), [
    `${url}notes.txt`,
  ]);
  assert.deepEqual(world.awsCalls(), []);
});

test('a config that is wrong, or that only bash can read, is not run and offers nothing', async (t) => {
  const world = await ShellWorld.make(t);
  const mark = join(world.folder, 'was-run');
  writeFileSync(world.configFile, `LOCAL_DIR=$(touch ${mark})\n`);
  assert.deepEqual(await world.offered('ls', '--config', world.configFile, ''), []);
  assert.throws(() => readFileSync(mark), { code: 'ENOENT' });
  assert.deepEqual(await world.offered('ls', '--config', '/nowhere', ''), []);
  const pipe = join(world.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  assert.deepEqual(await world.offered('ls', '--config', pipe, ''), []);
});

for (const shell of ['bash', 'zsh'] as const) {
  test(`${shell} completes commands, options, files and paths, quoted as it needs them`, async (t) => {
    const world = await ShellWorld.make(t);
    const ls = `encrypted-s3 ls --config ${world.configFile}`;
    for (const [line, becomes] of [
      ['encrypted-s3 rest', 'encrypted-s3 restore '],
      ['encrypted-s3-sync --allow', 'encrypted-s3-sync --allow-mass-delete '],
      ['encrypted-s3 sync backup.c', 'encrypted-s3 sync backup.config '],
      [`${ls} le`, `${ls} letters/`],
      [`${ls} F`, `${ls} Frau\\ Müller.txt `],
      [`${ls} Frau\\ `, `${ls} Frau\\ Müller.txt `],
      ['encrypted-s3 sync sour', 'encrypted-s3 sync source/'],
      [`${ls} letters/i`, `${ls} letters/it\\'s\\ \\$HOME.txt `],
      [
        `encrypted-s3 list-versions --config ${world.configFile} work x s3://test-b`,
        `encrypted-s3 list-versions --config ${world.configFile} work x s3://test-bucket/pc/docs/`,
      ],
    ] as const)
      assert.equal(world.complete(shell, line), becomes);
  });
}

test('between quotes bash is offered no name of which it would run or replace a part', async (t) => {
  const world = await ShellWorld.make(t);
  const ls = `encrypted-s3 ls --config ${world.configFile}`;
  assert.equal(world.complete('bash', `${ls} "letters/i`), `${ls} "letters/i`);
  assert.match(world.complete('bash', `${ls} "Frau M`), /"Frau Müller\.txt"? ?$/);
});

test("the script for zsh is in Debian's folder", async (t) => {
  const world = await ShellWorld.make(t);
  mkdirSync(join(world.folder, 'functions'));
  copyFileSync(join(SCRIPTS, 'encrypted-s3.zsh'), join(world.folder, 'functions/_encrypted-s3'));
  const typed = world.complete('zsh that finds the script by itself', 'encrypted-s3-sync --allow');
  assert.equal(typed, 'encrypted-s3-sync --allow-mass-delete ');
});

test('fish offers commands with their descriptions, and files and paths', async (t) => {
  const world = await ShellWorld.make(t);
  const ls = `encrypted-s3 ls --config ${world.configFile}`;
  assert.deepEqual(world.offeredByFish('encrypted-s3 rest'), [
    'restore\trestore a file, a folder or everything, now or as it was',
  ]);
  assert.match(world.offeredByFish('encrypted-s3-sync --allow').join(), /^--allow-mass-delete\tgo on/);
  assert.match(world.offeredByFish('encrypted-s3 sync backup.c').join(), /^backup\.config/);
  assert.deepEqual(world.offeredByFish(`${ls} l`), ['letters/']);
  assert.deepEqual(world.offeredByFish(`${ls} `), ['Frau Müller.txt', 'letters/', 'notes.txt']);
});

describe('the scripts for completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    test(`the script for ${shell} names every program`, () => {
      const text = readFileSync(join(SCRIPTS, `encrypted-s3.${shell}`), 'utf8');
      for (const name of Object.keys(bin)) assert.ok(text.includes(name.replace(/^encrypted-s3-/, '')), name);
    });
  }
});
