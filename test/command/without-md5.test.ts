// In FIPS mode, Node.js has no MD5, from which the escrow's key is derived.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EASY_KEY, KEY, WITHOUT_MODERN_SYSLOG } from '../fakes/sandbox.js';
import { BucketWorld } from './bucket-world.js';

const WITHOUT_MD5 = fileURLToPath(new URL('../../../test/fakes/without-md5.cjs', import.meta.url));
const PLACE = ['default', 'eu-central-1'];

test('every command that stores or reads the escrow does without MD5', async (t) => {
  const hash = ['-e', "require('node:crypto').createHash('md5')"];
  assert.notEqual(spawnSync(process.execPath, [`--require=${WITHOUT_MD5}`, ...hash]).status, 0);
  const world = new BucketWorld(t);
  world.makeBucket();
  world.write('a', 'content');
  const environment = { NODE_OPTIONS: `${WITHOUT_MODERN_SYSLOG} --require=${WITHOUT_MD5}` };
  const run = async (command: string, args: readonly string[], input = `${EASY_KEY}\n`): Promise<string> => {
    const { code, stdout, stderr } = await world.run(command, args, { input, environment });
    assert.equal(code, 0, `${command}: ${stderr}`);
    return stdout;
  };
  await run('encrypted-s3-upload-key', [], `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`);
  const { keyHash } = world.current('backup.info/key/data');
  const key = createHash('md5').update(EASY_KEY).digest('hex');
  assert.equal(keyHash, createHash('sha256').update(key).digest('hex'), 'what the original makes of it');
  await run('encrypted-s3-sync', [world.configFile]);
  const shown = await run('encrypted-s3-download-key', [...PLACE, 'test-bucket']);
  assert.match(shown, new RegExp(`#_ORIGINAL_KEY='${KEY}'`));
  const to = (name: string) => [...PLACE, 's3://test-bucket/pc/docs/', join(world.folder, name)];
  await run('encrypted-s3-download-dir', ['--escrow', ...to('one')]);
  await run('encrypted-s3', ['restore', '--escrow', ...to('two')]);
  await run('encrypted-s3', ['status', '--bucket', ...PLACE, 'test-bucket', '--escrow']);
});
