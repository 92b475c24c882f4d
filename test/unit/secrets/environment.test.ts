import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeEnvironmentFromProcess, withoutKey } from '../../../lib/secrets/environment.js';

test('taking the environment removes the key from the process', () => {
  process.env['ENCRYPTION_KEY'] = 'secret';
  assert.equal('ENCRYPTION_KEY' in withoutKey(), false);
  assert.equal(withoutKey()['PATH'], process.env['PATH']);
  const taken = takeEnvironmentFromProcess();
  assert.equal(taken['ENCRYPTION_KEY'], 'secret');
  assert.equal(taken['PATH'], process.env['PATH']);
  assert.equal('ENCRYPTION_KEY' in process.env, false);
});
