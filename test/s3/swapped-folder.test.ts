// A run of root sends only the scanned files, even if a user who may write to a folder of LOCAL_DIR swaps it for a link
// during the run.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World, withKey } from './world.js';
import { UPLOAD_OF_LINKS, wrapAws } from './wrapped-aws.js';

const NOBODY = 65534;
const OWN = "anna's own content";
const SECRET = 'secret of the root';
const FILES = ['file', 'also\nhere', 'deep/down/file'];

interface Folders {
  readonly anna: string;
  readonly secret: string;
}

/** Makes a folder that others may write to (it belongs to another user if this one is root), and a private one with the same names. */
function makeFolders(world: World): Folders {
  const [anna, secret] = [join(world.source, 'anna'), join(world.folder, 'secret')];
  for (const [folder, content] of [
    [anna, OWN],
    [secret, SECRET],
  ] as const) {
    mkdirSync(join(folder, 'deep/down'), { recursive: true });
    for (const path of FILES) writeFileSync(join(folder, path), content);
  }
  chmodSync(anna, 0o777);
  if (process.getuid?.() === 0) {
    chownSync(anna, NOBODY, NOBODY);
    for (const path of FILES) chownSync(join(anna, path), NOBODY, NOBODY);
  }
  chmodSync(secret, 0o700);
  return { anna, secret };
}

/** The ETags, which are MD5s on this server, of all versions below anna's folder in the bucket. */
async function etagsOfAllVersions(world: World): Promise<Set<string>> {
  const versions = (await world.versions()).filter(({ Key }) => Key.startsWith('pc/docs/anna/'));
  return new Set(versions.map(({ ETag = '' }) => ETag.replaceAll('"', '')));
}

async function pathsInTree(world: World): Promise<string[]> {
  const file = join(world.folder, 'tree');
  const url = world.url('backup.info/runs/pc/docs/tree.ndjson.gz');
  await world.awsSucceeds('s3', 'cp', url, file, ...withKey(world.key));
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { path: string; type?: string });
  return entries.filter(({ type }) => type === 'file').map(({ path }) => path);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Shell commands that swap anna's folder for a link to the private one, and back, under a lock, since calls run in parallel. */
function swap({ anna, secret }: Folders): { there: string; back: string } {
  const alone = (commands: string) => `{ flock 9; ${commands}; } 9> "${secret}.lock"`;
  return {
    there: alone(`if [ ! -L "${anna}" ]; then mv "${anna}" "${anna}.aside"; ln -s "${secret}" "${anna}"; fi`),
    back: alone(`if [ -L "${anna}" ]; then rm "${anna}"; mv "${anna}.aside" "${anna}"; fi`),
  };
}

/** A shell condition: the call reads or writes a file below the prefix. */
const OF_FILES = `expr "$all" : '.*pc/docs/' > /dev/null && ! expr "$all" : '.*backup\\.info/' > /dev/null`;

async function assertOnlyAnnasContent(world: World): Promise<void> {
  assert.deepEqual(await etagsOfAllVersions(world), new Set([md5(OWN)]));
  assert.deepEqual(
    (await pathsInTree(world)).sort(),
    [...FILES.map((path) => `anna/${path}`), 'other'].sort(),
  );
  await world.assertStored();
}

type Work = (world: World, swapping: ReturnType<typeof swap>) => Promise<void>;

describe('a folder', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis()) {
    const inWorld = async (t: TestContext, name: string, work: Work) => {
      const world = new World(name, cli, (remove) => t.after(remove));
      const folders = makeFolders(world);
      world.write('other', 'x');
      world.config();
      await work(world, swap(folders));
    };

    test(`a run does not follow a link that replaces a folder during each call, with AWS CLI ${cli.version}`, (t) =>
      inWorld(t, 'swapped', async (world, { there, back }) => {
        wrapAws(world, cli, `if ${OF_FILES}; then ${there}; fi`, back);
        for (const time of ['first', 'second']) {
          const { code, stderr } = await world.sync();
          assert.equal(code, 0, `${time}: ${stderr}`);
          assert.deepEqual(await etagsOfAllVersions(world), new Set([md5(OWN)]), time);
        }
        await assertOnlyAnnasContent(world);
      }));

    test(`a run does not follow a link that replaces a folder before the files are opened, with AWS CLI ${cli.version}`, (t) =>
      inWorld(t, 'swapped-early', async (world, { there, back }) => {
        // The probe is sent between the scan and the opening of the files.
        const isProbe = `expr "$all" : '.*backup\\.info/probe/' > /dev/null`;
        const unwrap = wrapAws(
          world,
          cli,
          `if ${isProbe}; then ${there}; fi`,
          `if ${UPLOAD_OF_LINKS}; then ${back}; fi`,
        );
        const { code, stderr } = await world.sync();
        assert.equal(code, 0, stderr);
        unwrap();
        assert.deepEqual(await etagsOfAllVersions(world), new Set());
        assert.deepEqual(await pathsInTree(world), ['other']);
        assert.equal((await world.sync()).code, 0);
        await assertOnlyAnnasContent(world);
      }));
  }
});
