import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../../lib/config/read-config.js';
import { newEncryptionKey } from '../../../lib/secrets/encryption-key.js';
import { textOfKey } from '../../../lib/secrets/key-bytes.js';
import { configText } from '../../../lib/setup/config-text.js';
import { writeConfig } from '../../../lib/setup/write-config.js';
import { linkOfOtherUser } from '../../fakes/link-of-other-user.js';

const AWKWARD = `it's $HOME \`id\` "x" \\ & #1 \u00fc`;

test('a written config is read back with its values, whatever they are, without bash and without a finding', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'new/config');
  const settings = {
    AWS_BUCKET: 'test-bucket',
    LOCAL_DIR: `/${AWKWARD}`,
    LOCAL_LOCK: `${file}.lock`,
    REMOTE_DIR_PREFIX: AWKWARD,
    EXCLUDE: [AWKWARD, '*/node_modules/*'],
    EXCLUDE_CACHES: 'yes',
    ON_FAILURE: 'https://hc.example/$code',
  };
  await writeConfig(file, settings, newEncryptionKey());
  const warnings: string[] = [];
  const config = await readConfig(file, { warn: (text) => warnings.push(text) });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    [config.localDir, config.prefix, config.exclude, config.excludeCaches, config.hooks.onFailure],
    [`/${AWKWARD}`, `${AWKWARD}/`, settings.EXCLUDE, true, 'https://hc.example/$code'],
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a file that exists is never replaced', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'config');
  await writeConfig(file, { AWS_BUCKET: 'first' }, newEncryptionKey());
  const before = readFileSync(file, 'utf8');
  await assert.rejects(writeConfig(file, { AWS_BUCKET: 'second' }, newEncryptionKey()), /it exists already/);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('no config is written where a link leads that somebody else could have made', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(linkOfOtherUser(folder, folder), 'config');
  await assert.rejects(
    writeConfig(file, { AWS_BUCKET: 'first' }, newEncryptionKey()),
    /is a link|permission denied/,
  );
  assert.throws(() => readFileSync(join(folder, 'config')), /ENOENT/);
});

test('the template describes every setting that is written', () => {
  assert.throws(() => configText({ NO_SUCH_SETTING: '1' }), /config\.template has no NO_SUCH_SETTING/);
});

test('a new key has 32 letters and digits, and differs each time', () => {
  const keys = Array.from({ length: 20 }, () => textOfKey(newEncryptionKey()));
  for (const key of keys) assert.match(key, /^[A-Za-z0-9]{32}$/);
  assert.equal(new Set(keys).size, 20);
});
