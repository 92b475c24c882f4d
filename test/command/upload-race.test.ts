// A run uploads the scanned file, or its new content when it is sent again, but never the target of a link that has
// taken the place of a file or folder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { KEY } from '../fakes/sandbox.js';
import { BucketWorld, PREFIX, TREE, UPLOAD } from './bucket-world.js';

const SECRET = 'secret of another user';

/** A backup whose file `d/f` has changed since the last run, and a folder with a secret elsewhere. */
async function worldWithSecret(t: TestContext) {
  const world = new BucketWorld(t);
  for (const path of ['d/f', 'stays']) world.write(path, 'before');
  assert.equal((await world.sync()).code, 0);
  world.write('d/f', 'of this user!!!');
  const elsewhere = join(world.folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'f'), SECRET);
  return { world, elsewhere, at: (path: string) => join(world.source, path) };
}

function shell(script: string): void {
  execFileSync('sh', ['-c', script]);
}

function assertSecretNotUploaded(world: BucketWorld): void {
  for (const { body } of world.bucket.versions()) assert.ok(!body?.includes(SECRET));
}

/** The line of a file in the tree. */
function lineInTree(world: BucketWorld, path: string): Record<string, unknown> | undefined {
  const lines = gunzipSync(world.current(TREE).body).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((it) => it['path'] === path);
}

for (const [how, script] of [
  ['is written to', (file: string) => `printf 'new content' > '${file}'`],
  ['is replaced', (file: string) => `printf 'new content' > '${file}.new'; mv '${file}.new' '${file}'`],
] as const) {
  test(`a file that ${how} during its upload is sent again, and recorded with its new state`, async (t) => {
    const { world, at } = await worldWithSecret(t);
    world.faults.set({ at: 'put', number: 1, what: 'change', change: () => shell(script(at('d/f'))) });
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assert.equal(world.faults.puts.filter((key) => key === `${PREFIX}d/f`).length, 2);
    assert.equal(world.current(`${PREFIX}d/f`).body.toString(), 'new content');
    const { size, ctimeNs, mtimeNs, ino } = statSync(at('d/f'), { bigint: true });
    const recorded = lineInTree(world, 'd/f');
    assert.deepEqual(
      [recorded?.['size'], recorded?.['ctime'], recorded?.['mtime']],
      [Number(size), `${ctimeNs}`, `${mtimeNs}`],
    );
    if (recorded?.['ino'] !== undefined) assert.equal(recorded['ino'], Number(ino));
    // The next run has nothing to do.
    world.faults.set(undefined);
    const count = world.bucket.versions().length;
    assert.equal((await world.sync()).code, 0);
    assert.deepEqual(world.changesSince(count), []);
  });
}

test('a file that changes each time it is sent is named, and sent by the next run', async (t) => {
  const { world, at } = await worldWithSecret(t);
  world.onCall(UPLOAD, `printf x >> '${at('d/f')}'`);
  const { code, stderr } = await world.sync();
  assert.equal(code, 3, stderr);
  assert.match(stderr, /source\/d\/f" is not in the backup as it is: it changed while it was uploaded\./);
  world.onCall();
  assert.equal((await world.sync()).code, 0);
  assert.equal(world.current(`${PREFIX}d/f`).body.toString(), 'of this user!!!xxx');
});

test('a file that is swapped for a link while the AWS CLI runs is not followed', async (t) => {
  const { world, elsewhere, at } = await worldWithSecret(t);
  const script = `ln -sfn '${elsewhere}/f' '${at('d/f')}'`;
  world.faults.set({ at: 'put', number: 1, what: 'change', change: () => shell(script) });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assertSecretNotUploaded(world);
  assert.equal(lineInTree(world, 'd/f'), undefined);
});

test('a folder that is swapped for a link while the AWS CLI runs is not followed', async (t) => {
  const { world, elsewhere, at } = await worldWithSecret(t);
  const script = `mv '${at('d')}' '${at('e')}'; ln -s '${elsewhere}' '${at('d')}'`;
  world.faults.set({ at: 'put', number: 1, what: 'change', change: () => shell(script) });
  const { code, stderr } = await world.sync();
  assert.equal(code, 0, stderr);
  assertSecretNotUploaded(world);
  assert.equal(world.current(`${PREFIX}d/f`).body.toString(), 'of this user!!!');
});

for (const what of ['d', 'd/f'] as const) {
  test(`a link to elsewhere that takes the place of "${what}" between the scan and the upload is not followed`, async (t) => {
    const world = new BucketWorld(t);
    world.makeBucket();
    // With an object below the prefix, the files are sent by name.
    world.put(`${PREFIX}stays`, 'before', KEY);
    for (const path of ['d/f', 'stays']) world.write(path, 'before');
    const elsewhere = join(world.folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'f'), SECRET);
    const [place, target] = [join(world.source, what), what === 'd' ? elsewhere : join(elsewhere, 'f')];
    // The listing before the upload begins after the scan.
    world.onFirstCall(
      '*list-objects-v2*pc/docs*',
      `mv '${place}' '${world.folder}/aside'; ln -s '${target}' '${place}'`,
    );
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    assertSecretNotUploaded(world);
    assert.deepEqual(world.stored(), ['stays']);
    assert.ok(world.awsCalls().every((call) => !call.includes(' s3 sync ')));
  });
}
