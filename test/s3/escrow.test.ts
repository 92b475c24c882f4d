import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { newKey, type Outcome, World, withKey } from './world.js';

const EASY_KEY = "it's a 100% easy \u{1f511} key";
/** The key that the original derives from the easy key: `echo -n … | md5sum`. */
const DERIVED = createHash('md5').update(EASY_KEY).digest('hex');

function contentFor(key: string): string {
  return `#_ORIGINAL_KEY='${key}' # original backup encryption key\n`;
}

describe('encrypted-s3-upload-key and encrypted-s3-download-key', { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    test(`upload-key stores the key and download-key restores it, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('escrow', cli, (remove) => t.after(remove));
      const { bucket, key } = world;
      const object = world.url('backup.info/key/data');

      /** Answers: Enter; profile, region, bucket and key; easy key; Enter; yes. */
      function upload(storedKey: string, easyKey: string, ...confirmations: string[]): Promise<Outcome> {
        const answers = ['', '', 'us-east-1', bucket, storedKey, easyKey, '', ...confirmations, ''];
        return world.run('encrypted-s3-upload-key', [], { input: answers.join('\n') });
      }

      function download(easyKey: string): Promise<Outcome> {
        const input = `${easyKey}\n`;
        return world.run('encrypted-s3-download-key', ['default', 'us-east-1', bucket], { input });
      }

      await t.test('nothing is stored for a short easy key, or without a yes', async () => {
        const short = await upload(key, 'too short', 'yes');
        assert.equal(short.code, 1);
        assert.match(short.stderr, /^ERROR: The supplied encryption key is too short\n/);
        const no = await upload(key, EASY_KEY, 'no');
        assert.equal(no.code, 1);
        assert.match(no.stderr, /^ERROR: Aborted\n/);
        assert.notEqual((await world.aws(['s3api', 'head-bucket', '--bucket', bucket])).code, 0);
      });

      await t.test('download-key names a bucket that is missing, and one without a key', async () => {
        const noSuchBucket = await download(EASY_KEY);
        await world.awsSucceeds('s3', 'mb', world.url(''));
        const noKey = await download(EASY_KEY);
        for (const [{ code, stdout, stderr }, message] of [
          [noSuchBucket, /ERROR: Download failed: there is no bucket ".*"\.\nHINT: /],
          [noKey, /ERROR: Download failed: the bucket ".*" holds no backup key\.\nHINT: /],
        ] as const) {
          assert.deepEqual([code, stdout], [1, '']);
          assert.match(stderr, message);
        }
        await world.awsSucceeds('s3', 'rb', world.url(''));
      });

      await t.test('upload-key makes the bucket, and stores the same content as the original', async () => {
        const { code, stdout, stderr } = await upload(key, EASY_KEY, 'yes');
        assert.equal(code, 0);
        assert.match(stderr, /^WARNING: The bucket "[^"]*" does not exist\. Creating it: .*\n$/);
        assert.match(stdout, /SUCCESS: Your backup key is archived online\n$/);
        assert.equal(stdout.includes(key) || stdout.includes(EASY_KEY), false);
        const stored = await world.awsSucceeds('s3', 'cp', object, '-', ...withKey(DERIVED));
        assert.equal(stored, contentFor(key));
      });

      await t.test('download-key prints the key, and nothing for another easy key', async () => {
        const right = await download(EASY_KEY);
        assert.deepEqual([right.code, right.stdout], [0, contentFor(key)], right.stderr);
        const wrong = await download(EASY_KEY.toUpperCase());
        assert.deepEqual([wrong.code, wrong.stdout], [5, '']);
        assert.match(
          wrong.stderr,
          /ERROR: Download failed: the backup key was stored with another easy-to-remember key/,
        );
        assert.equal(wrong.stderr.includes(EASY_KEY.toUpperCase()), false);
      });

      await t.test('another key replaces the stored one only after a yes', async () => {
        const other = newKey();
        const kept = await upload(other, EASY_KEY, 'yes', 'no');
        assert.equal(kept.code, 1);
        assert.match(kept.stdout, /The bucket already holds a different backup key\.\n/);
        assert.equal((await download(EASY_KEY)).stdout, contentFor(key));
        const replaced = await upload(other, EASY_KEY, 'yes', 'yes');
        assert.equal(replaced.code, 0, replaced.stderr);
        assert.equal((await download(EASY_KEY)).stdout, contentFor(other));
      });

      await t.test(
        'with CONFIG only the easy key is asked for, and a new one replaces the old after a yes',
        async () => {
          const input = '\nanother easy key\n\nyes\nyes\n';
          const { code, stdout, stderr } = await world.run('encrypted-s3-upload-key', [world.config()], {
            input,
          });
          assert.equal(code, 0, stderr);
          assert.match(stdout, /stored with another easy-to-remember key/);
          assert.equal((await download('another easy key')).stdout, contentFor(key));
        },
      );

      await t.test('download-key prints a key that the AWS CLI has stored like the original', async () => {
        const input = contentFor(key);
        const put = await world.aws(['s3', 'cp', '-', object, ...withKey(DERIVED)], { input });
        assert.equal(put.code, 0, put.stderr);
        assert.equal((await download(EASY_KEY)).stdout, input);
      });
    });
  }
});
