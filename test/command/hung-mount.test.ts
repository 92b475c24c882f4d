// An excluded mount that hangs: no command accesses it, so no command hangs.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFuse } from '../fakes/fuse.js';
import { BucketWorld } from './bucket-world.js';

const QUICK = { FULL_CHECK_HOURS: '20' };
const pattern = (name: string) => (world: BucketWorld) =>
  appendFileSync(world.config(QUICK), `EXCLUDE=('${name}')\n`);

const RULES: Readonly<Record<string, (world: BucketWorld) => void>> = {
  'by EXCLUDE': pattern('out/hung/*'),
  'by EXCLUDE, with its folder': pattern('out/*'),
  'by EXCLUDE_IF_PRESENT': (world) => {
    world.write('out/.nobackup', '');
    world.config({ ...QUICK, EXCLUDE_IF_PRESENT: '.nobackup' });
  },
};

/** Asserts that quick and full runs with uploads and deletions, and all other commands that walk LOCAL_DIR, do not access the mount. */
async function assertNoAccess(world: BucketWorld): Promise<void> {
  for (const [round, flags] of [[], ['--full'], ['--dry-run']].entries()) {
    world.write(`new-${round}`, 'x');
    world.remove(`gone-${round}`);
    const { code, stderr } = await world.sync(flags);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /ERROR|Keeping|hung/);
  }
  const { stdout } = await world.run('encrypted-s3', ['doctor', '--json', world.configFile]);
  assert.match(stdout, /"check":"LOCAL_DIR","state":"ok","text":".*: \d+ files/);
}

for (const [rule, exclude] of Object.entries(RULES)) {
  test(`no run accesses a mount that hangs and is excluded ${rule}, and its objects stay in the bucket`, async (t) => {
    const world = new BucketWorld(t);
    for (const path of ['a', 'gone-0', 'gone-1', 'gone-2', 'out/hung/x/y', 'out/z']) world.write(path, path);
    assert.equal((await world.sync()).code, 0);
    world.remove('out/hung');
    exclude(world);
    const disk = join(world.folder, 'disk');
    mkdirSync(disk);
    await withFuse(t, disk, join(world.source, 'out/hung'), ['hangs'], () => assertNoAccess(world));
    assert.ok(world.stored().includes('out/hung/x/y'));
  });
}

test('no run looks at an excluded mount that hangs, on a file system that does not give the types of names', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'gone-0', 'gone-1', 'gone-2', 'out/z']) world.write(path, path);
  const [disk, at] = [join(world.folder, 'disk'), join(world.folder, 'mount')];
  mkdirSync(disk);
  await withFuse(t, world.source, at, ['no-types'], async () => {
    appendFileSync(world.config({ ...QUICK, LOCAL_DIR: at }), "EXCLUDE=('out/hung/*')\n");
    assert.equal((await world.sync()).code, 0);
    await withFuse(t, disk, join(at, 'out/hung'), ['hangs'], () => assertNoAccess(world));
  });
});

test('a link to a mount that hangs is not followed if its name is excluded', async (t) => {
  const world = new BucketWorld(t);
  for (const path of ['a', 'gone-0', 'gone-1', 'gone-2', 'out/z']) world.write(path, path);
  world.write('disk/f', 'f');
  const hung = join(world.folder, 'hung');
  const disk = join(world.folder, 'disk');
  renameSync(join(world.source, 'disk'), hung);
  symlinkSync(hung, join(world.source, 'l'));
  const settings = { ...QUICK, FOLLOW_SYMLINKS: 'yes' };
  world.config(settings);
  assert.equal((await world.sync()).code, 0);
  assert.ok(world.stored().includes('l/f'));
  renameSync(hung, disk);
  appendFileSync(world.config(settings), "EXCLUDE=('l')\n");
  await withFuse(t, disk, hung, ['hangs'], () => assertNoAccess(world));
  assert.ok(world.stored().includes('l/f'));
});
