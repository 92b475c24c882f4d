import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readProfile } from '../../../lib/aws/settings/profile-files.js';
import { homeFolderOf } from '../../../lib/cli/user-folders.js';
import { openStateFolder } from '../../../lib/records/state-folder.js';

/** Fails, as Node does for a user that the system does not know. */
os.homedir = () => {
  throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
};
syncBuiltinESMExports();

test('HOME names the home, and without it an unknown user has none', () => {
  assert.equal(homeFolderOf({ HOME: '/home/anna' }), '/home/anna');
  assert.equal(homeFolderOf({}), undefined);
  assert.equal(homeFolderOf({ HOME: '' }), undefined);
});

test('without a home there is no profile, unless a variable names its file', async (t) => {
  const folder = mkdtempSync(join(os.tmpdir(), 'home-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'config');
  writeFileSync(config, '[default]\nendpoint_url = https://default.example\n');
  assert.deepEqual(readProfile('default', {}), {});
  assert.deepEqual(readProfile('default', { AWS_CONFIG_FILE: '~/config' }), {});
  const profile = readProfile('default', { AWS_CONFIG_FILE: config });
  assert.equal(profile['endpoint_url'], 'https://default.example');
});

test('without a home, a run keeps its notes in a temporary folder', () => {
  for (const keepsState of [true, false]) {
    const state = openStateFolder(
      { endpointUrl: undefined, bucket: 'b', prefix: '', environment: {} },
      keepsState,
    );
    assert.equal(state.treeCopy, undefined);
    assert.equal(dirname(state.runFolder), realpathSync(os.tmpdir()));
    state.remove();
  }
});
