import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { s3ServerOfThisRun } from '../s3-server/from-environment.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { ESCROW_WARNING, World, withKey } from './world.js';

const { endpoint, plainEndpoint } = s3ServerOfThisRun();

/** An address of this machine without a listener. */
async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `https://127.0.0.1:${typeof address === 'object' && address?.port}`;
}

describe('encrypted-s3-sync', { concurrency: 2 }, () => {
  // One AWS CLI is enough, since nothing here depends on its version.
  for (const cli of loadedAwsClis().slice(-1)) {
    test(`a run makes an empty backup of an empty folder, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('empty', cli, (remove) => t.after(remove));
      world.config();
      for (const run of ['the first', 'the second']) {
        const { code, stdout, stderr } = await world.sync();
        assert.deepEqual([code, stdout], [0, ''], `${run} run: ${stderr}`);
        assert.match(stderr, ESCROW_WARNING);
      }
      assert.deepEqual(await world.versions(), []);
    });

    test(`a run keeps the escrowed key if REMOTE_DIR_PREFIX is empty, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('no-prefix', cli, (remove) => t.after(remove));
      await world.makeBucket();
      const escrow = world.url('backup.info/key/data');
      await world.aws(['s3', 'cp', '-', escrow, ...withKey(world.key)], { input: 'the key' });
      world.config({ REMOTE_DIR_PREFIX: '' });
      // The guard does not refuse an empty folder because of an object of others.
      const empty = await world.sync();
      assert.equal(empty.code, 0);
      assert.match(empty.stderr, /^\S+: WARNING: No file of LOCAL_DIR .*\n$/);
      world.write("-it's 100%", 'content');
      mkdirSync(`${world.source}/backup.information`);
      world.write('backup.information/a', 'content');
      assert.deepEqual(await world.sync(), { code: 0, stdout: '', stderr: '' });
      const keys = (await world.versions()).map(({ Key }) => Key).sort();
      assert.deepEqual(keys, ["-it's 100%", 'backup.info/key/data', 'backup.information/a']);
    });
  }

  for (const cli of loadedAwsClis()) {
    test(`a run uses the storage class, and the endpoint from each of its settings, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('settings', cli, (remove) => t.after(remove));
      const noVariable = { environment: { AWS_ENDPOINT_URL: undefined } };
      const ways = [
        { settings: { AWS_ENDPOINT_URL: endpoint, AWS_STORAGE_CLASS: 'STANDARD' }, options: noVariable },
        { settings: { AWS_ENDPOINT_URL: plainEndpoint }, options: noVariable },
        { settings: {}, options: { environment: { AWS_ENDPOINT_URL: plainEndpoint } } },
      ];
      for (const [index, { settings, options }] of ways.entries()) {
        world.write(`file ${index}`, 'content');
        world.config(settings);
        const { code, stderr } = await world.sync(options);
        assert.equal(code, 0, stderr);
      }
      const stored = (await world.versions()).map(({ Key, StorageClass }) => [Key, StorageClass]);
      assert.deepEqual(stored, [
        ['pc/docs/file 0', 'STANDARD'],
        ['pc/docs/file 1', 'STANDARD_IA'],
        ['pc/docs/file 2', 'STANDARD_IA'],
      ]);
    });

    test(`a run explains that a server is down, or a bucket belongs to another account, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('not-ours', cli, (remove) => t.after(remove));
      world.write('file', 'content');
      await world.awsSucceeds('s3', 'mb', world.url(''), '--profile', 'other');

      const start = Date.now();
      world.config({ AWS_ENDPOINT_URL: await deadEndpoint() });
      const down = await world.sync();
      assert.ok(Date.now() - start < 20_000, `${Date.now() - start} ms`);
      assert.match(
        down.stderr,
        /ERROR: aws CLI command failed; aborting! .*Could not connect to the endpoint/,
      );
      assert.match(down.stderr, /HINT: Check the network and the endpoint/);

      world.config();
      const others = await world.sync();
      assert.match(others.stderr, /ERROR: aws CLI command failed; aborting! .*\(403\)/);
      assert.match(others.stderr, /HINT: .* the bucket belongs to another account/);

      world.config({ AWS_PROFILE: 'denied' });
      const denied = await world.sync();
      assert.match(denied.stderr, /ERROR: aws CLI command failed; aborting! /);
      assert.match(denied.stderr, /HINT: /);

      for (const { code, stdout, stderr } of [down, others, denied]) {
        assert.deepEqual([code, stdout], [1, ''], stderr);
        assert.equal(stderr.includes(world.key), false);
        for (const line of stderr.trimEnd().split('\n')) assert.match(line, /^encrypted-s3-sync\[\d+\]: /);
      }
    });
  }
});
