import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyEnvironmentAndDropKey, withoutKey } from '../../../lib/secrets/environment.js';

test('copying the environment for the config removes the key from the process', () => {
  process.env['ENCRYPTION_KEY'] = 'secret';
  assert.equal('ENCRYPTION_KEY' in withoutKey(), false);
  assert.equal(withoutKey()['PATH'], process.env['PATH']);
  const taken = copyEnvironmentAndDropKey();
  assert.equal(taken['ENCRYPTION_KEY'], 'secret');
  assert.equal(taken['PATH'], process.env['PATH']);
  assert.equal('ENCRYPTION_KEY' in process.env, false);
});
