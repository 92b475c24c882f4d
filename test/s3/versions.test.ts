import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { awkwardNames } from './awkward-names.js';
import { contentsOf, type Outcome, World, withKey } from './world.js';

const KEY = 'pc/docs/changes';

interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: string;
  readonly size: number | null;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

class VersionsWorld extends World {
  async succeeds(command: string, ...args: string[]): Promise<Outcome> {
    const outcome = await this.run(command, args);
    assert.equal(outcome.code, 0, outcome.stderr);
    return outcome;
  }

  async backUp(): Promise<void> {
    await this.succeeds('encrypted-s3-sync', '--allow-mass-delete', this.configFile);
  }

  list(key: string, ...flags: string[]): Promise<Outcome> {
    return this.succeeds('encrypted-s3-list-versions', 'default', 'us-east-1', this.url(key), ...flags);
  }

  undelete(...args: string[]): Promise<Outcome> {
    return this.run('encrypted-s3-undelete', [this.configFile, ...args]);
  }
}

/** The lines of --json after the first, which names the format. */
function listedIn(stdout: string): ListedVersion[] {
  const [, ...lines] = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ListedVersion);
}

describe('the history of a backup', { concurrency: 2 }, () => {
  for (const cli of loadedAwsClis().slice(-1)) {
    test(`a listing of several pages is complete and in order, with AWS CLI ${cli.version}`, async (t) => {
      const world = new VersionsWorld('pages', cli, (remove) => t.after(remove));
      world.config();
      world.write('file', '');
      await world.backUp();
      // A deletion leaves a delete marker even if there was no object.
      const keys = Array.from({ length: 1100 }, (_, number) => `many/ü a+b%41 ${10_000 + number}`);
      for (const batch of [keys.slice(0, 1000), keys.slice(1000)]) {
        const request = join(world.folder, 'request');
        writeFileSync(request, JSON.stringify({ Objects: batch.map((Key) => ({ Key })), Quiet: true }));
        const args = ['--bucket', world.bucket, '--delete', `file://${request}`];
        await world.awsSucceeds('s3api', 'delete-objects', ...args);
      }
      const { stdout } = await world.list('many', '--json');
      assert.deepEqual(
        listedIn(stdout).map(({ key }) => key),
        keys,
      );
    });
  }

  for (const cli of loadedAwsClis().slice(0, 1)) {
    test(`list-versions shows deleted objects, and undelete restores them, with AWS CLI ${cli.version}`, async (t) => {
      const world = new VersionsWorld('versions', cli, (remove) => t.after(remove));
      world.config();
      for (const name of awkwardNames) world.write(`odd/${name}`, `content of ${name}\n`);
      for (const name of ['changes', 'changes2', 'goes early']) world.write(name, name);
      await world.backUp();
      for (const content of ['second', 'third, and last']) {
        world.write('changes', content);
        const file = join(world.source, 'changes');
        await world.awsSucceeds('s3', 'cp', file, world.url(KEY), ...withKey(world.key));
      }
      rmSync(join(world.source, 'goes early'));
      await world.awsSucceeds('s3', 'rm', world.url('pc/docs/goes early'));
      const contents = contentsOf(world.source);
      for (const name of ['changes', 'odd']) rmSync(join(world.source, name), { recursive: true });
      await world.backUp();

      const { stdout } = await world.list(KEY);
      const all = listedIn((await world.list('', '--json')).stdout);
      const versions = all.filter(({ key }) => key === KEY);
      assert.deepEqual(
        versions.map(({ size, isLatest, isDeleteMarker }) => [size, isLatest, isDeleteMarker]),
        [
          [null, true, true],
          [15, false, false],
          [6, false, false],
          [7, false, false],
        ],
      );
      assert.deepEqual(stdout.split('\n'), [
        ...versions.map(({ lastModified, versionId, size }) =>
          [lastModified, versionId, size ?? '-', size === null ? 'deleted' : '-', KEY].join('\t'),
        ),
        '',
      ]);
      const deleted = all.filter((it) => it.isDeleteMarker);
      const names = ['changes', 'goes early', ...awkwardNames.map((name) => `odd/${name}`)];
      assert.deepEqual(deleted.map((it) => it.key).sort(), names.map((name) => `pc/docs/${name}`).sort());

      const early = deleted.find((it) => it.key === 'pc/docs/goes early')?.lastModified ?? '';
      const dry = await world.undelete('--dry-run', '--at', early);
      assert.deepEqual([dry.code, dry.stderr], [0, '']);
      assert.equal(dry.stdout.split('\n').length, awkwardNames.length + 2);
      assert.ok(dry.stdout.startsWith(`(dryrun) undelete: ${world.url(KEY)}\n`));
      const vain = await world.undelete('changes', 'changes2');
      assert.deepEqual([vain.code, vain.stdout], [1, '']);
      assert.match(vain.stderr, /ERROR: At or below "changes2", nothing was deleted/);

      // All files except those that were deleted before that time.
      const { code, stderr } = await world.undelete('--at', early);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`^${awkwardNames.length + 1} files are back in `));
      const to = join(world.folder, 'restored');
      await world.succeeds('encrypted-s3-download-dir', '--config', world.configFile, to);
      assert.deepEqual(contentsOf(to), contents);
    });
  }
});
