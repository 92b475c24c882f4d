import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeEnvironment, withoutKey } from '../../lib/environment.js';

test('the key is out of the environment once it has been taken', () => {
  process.env['ENCRYPTION_KEY'] = 'secret';
  assert.equal('ENCRYPTION_KEY' in withoutKey(), false);
  assert.equal(withoutKey()['PATH'], process.env['PATH']);
  const taken = takeEnvironment();
  assert.equal(taken['ENCRYPTION_KEY'], 'secret');
  assert.equal(taken['PATH'], process.env['PATH']);
  assert.equal('ENCRYPTION_KEY' in process.env, false);
});
