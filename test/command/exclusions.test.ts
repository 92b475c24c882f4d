// Excluded files are not uploaded, their objects in the bucket stay, and the guard does not count them as gone.
import assert from 'node:assert/strict';
import { appendFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld, PREFIX } from './bucket-world.js';

const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n';
const QUICK = { FULL_CHECK_HOURS: '20' };
const hasAnySync = (world: BucketWorld) => world.awsCalls().some((call) => call.includes(' s3 sync '));

async function assertDone(world: BucketWorld, ...flags: readonly string[]): Promise<void> {
  const { code, stderr } = await world.sync(flags);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /ERROR|Keeping|gone/);
}

const lastRunIs = (world: BucketWorld, kind: 'quick' | 'full') =>
  assert.match(
    world
      .syslog()
      .filter((line) => /This is a (quick|full) run/.test(line))
      .at(-1) ?? '',
    new RegExp(kind),
  );

interface Rule {
  readonly settings: Readonly<Record<string, string>>;
  readonly pattern?: string;
  /** The files that the rule excludes, with their contents. */
  readonly out: Readonly<Record<string, string>>;
  /** The tag file for which the rule excludes its folder. */
  readonly tag?: readonly [path: string, content: string];
}

const RULES: Readonly<Record<string, Rule>> = {
  EXCLUDE: { settings: {}, pattern: 'c/*', out: many('c') },
  EXCLUDE_CACHES: {
    settings: { EXCLUDE_CACHES: 'yes' },
    out: many('c/sub'),
    tag: ['c/CACHEDIR.TAG', CACHE_TAG],
  },
  EXCLUDE_IF_PRESENT: {
    settings: { EXCLUDE_IF_PRESENT: '.nobackup' },
    out: many('c'),
    tag: ['c/.nobackup', ''],
  },
  EXCLUDE_LARGER_THAN: { settings: { EXCLUDE_LARGER_THAN: '1K' }, out: many('c', 'x'.repeat(1025)) },
};

function many(folder: string, content = 'x'): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`${folder}/${number}`, content]));
}

function configure(world: BucketWorld, { settings, pattern }: Rule, more: Record<string, string> = {}): void {
  world.config({ ...more, ...settings });
  if (pattern !== undefined) appendFileSync(world.configFile, `EXCLUDE=('${pattern}')\n`);
}

for (const [name, rule] of Object.entries(RULES)) {
  const tagged = rule.tag === undefined ? [] : [rule.tag[0]];

  test(`a run never uploads what ${name} excludes, not even a first run`, async (t) => {
    const world = new BucketWorld(t);
    for (const [path, content] of Object.entries(rule.out)) world.write(path, content);
    world.write('stays', 'stays');
    if (rule.tag !== undefined) world.write(...rule.tag);
    configure(world, rule, QUICK);
    await assertDone(world);
    assert.ok(!hasAnySync(world));
    assert.deepEqual(world.stored(), [...tagged, 'stays']);
    for (const [path, content] of Object.entries(rule.out)) world.write(path, `${content}!`);
    world.write('new', 'new');
    await assertDone(world);
    lastRunIs(world, 'quick');
    await assertDone(world, '--full');
    assert.deepEqual(world.stored(), [...tagged, 'new', 'stays']);
  });

  test(`a run keeps the objects of files that ${name} now excludes, and the guard refuses nothing`, async (t) => {
    for (const kind of ['quick', 'full'] as const) {
      const world = new BucketWorld(t);
      for (const [path, content] of Object.entries(rule.out)) world.write(path, content);
      world.write('stays', 'stays');
      world.write('goes', 'goes');
      world.config(QUICK);
      await assertDone(world);
      const before = [...Object.keys(rule.out), ...tagged, 'stays'].sort();
      if (rule.tag !== undefined) world.write(...rule.tag);
      world.remove('goes');
      configure(world, rule, kind === 'quick' ? QUICK : {});
      for (const _ of [1, 2]) {
        await assertDone(world);
        lastRunIs(world, kind);
        assert.deepEqual(world.stored().sort(), before);
      }
      assert.doesNotMatch(world.syslog().join('\n'), /Keeping/);
    }
  });
}

test('the objects of an excluded folder stay even when its files are gone, until it is no longer excluded', async (t) => {
  for (const name of ['EXCLUDE', 'EXCLUDE_CACHES', 'EXCLUDE_IF_PRESENT'] as const) {
    const rule = RULES[name] as Rule;
    const world = new BucketWorld(t);
    for (const [path, content] of Object.entries(rule.out)) world.write(path, content);
    world.write('stays', 'stays');
    await assertDone(world);
    if (rule.tag !== undefined) world.write(...rule.tag);
    configure(world, rule);
    world.remove(...Object.keys(rule.out).slice(1));
    await assertDone(world);
    assert.equal(world.stored().length, 31 + (rule.tag === undefined ? 0 : 1));
    world.config();
    if (rule.tag !== undefined) world.remove(rule.tag[0]);
    await assertDone(world, '--allow-mass-delete');
    assert.deepEqual(world.stored(), [Object.keys(rule.out)[0], 'stays']);
  }
});

test('a file that has grown too large keeps its older object until the file is gone', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['f', 'stays']) world.write(path, 'small');
  world.config({ EXCLUDE_LARGER_THAN: '5' });
  await assertDone(world);
  world.write('f', 'large!');
  await assertDone(world);
  assert.equal(world.current(`${PREFIX}f`).body.toString(), 'small');
  world.remove('f');
  await assertDone(world);
  assert.deepEqual(world.stored(), ['stays']);
});

test('with ONE_FILE_SYSTEM, a folder on another file system is stored empty, and the objects of its files stay', async (t) => {
  const world = new BucketWorld(t);
  world.write('d/boot_id', 'not that of the kernel');
  world.write('f', 'f');
  await assertDone(world);
  // A followed link leads to another device without a mount.
  renameSync(join(world.source, 'd'), join(world.folder, 'aside'));
  symlinkSync('/proc/sys/kernel/random', join(world.source, 'd'));
  world.config({ FOLLOW_SYMLINKS: 'yes', ONE_FILE_SYSTEM: 'yes' });
  for (const _ of [1, 2]) {
    await assertDone(world);
    assert.deepEqual(world.stored(), ['d/boot_id', 'f']);
    assert.equal(world.current(`${PREFIX}d/boot_id`).body.toString(), 'not that of the kernel');
  }
  const { stdout } = await world.sync(['--dry-run']);
  assert.equal(stdout, '(dryrun) exclude: 0 files, 0 bytes (ONE_FILE_SYSTEM)\n');
});

test('EXCLUDE works in a LOCAL_DIR whose name looks like a pattern', async (t) => {
  const world = new BucketWorld(t);
  const localDir = join(world.source, '[*] a?');
  for (const path of ['a.tmp', 'b', 'cache/c']) world.write(`[*] a?/${path}`, path);
  world.config({ LOCAL_DIR: localDir });
  appendFileSync(world.configFile, "EXCLUDE=('*.tmp' 'cache/*')\n");
  for (const _ of [1, 2]) await assertDone(world);
  assert.deepEqual(world.stored(), ['b']);
});
