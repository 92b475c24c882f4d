import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackupConfig } from '../../../lib/config/backup-config.js';
import { confinementOf } from '../../../lib/setup/schedule/confinement.js';

const NO_HOOKS = { onStart: undefined, onSuccess: undefined, onWarning: undefined, onFailure: undefined };

function confine(settings: Partial<BackupConfig>) {
  const config = {
    localDir: '/home/anna',
    localLock: '/run/lock/backup/x',
    localList: undefined,
    metricsFile: undefined,
    hooks: NO_HOOKS,
    environment: { HOME: '/root' },
    ...settings,
  };
  return confinementOf(config as BackupConfig, '/root/backup.config', '/usr/bin/aws');
}

test('a run may write its lock, list, metrics, state and the cache of the AWS CLI, and nothing else', () => {
  const { readOnly, writable, hasPrivateTmp } = confine({
    localList: '/srv/list',
    metricsFile: '/var/lib/node/x.prom',
  });
  assert.deepEqual([readOnly, hasPrivateTmp], ['all', true]);
  assert.deepEqual(writable, [
    '/root/.local/state/encrypted-s3-backup',
    '/root/.aws',
    '/run/lock/backup',
    '/srv',
    '/var/lib/node',
  ]);
});

test('a list that goes to standard output needs no folder', () => {
  assert.ok(!confine({ localList: '/dev/stdout' }).writable.includes('/dev'));
});

test('a run that backs up /tmp or writes there gets the real /tmp, and may write there', () => {
  for (const settings of [
    { localDir: '/tmp/x' },
    { localDir: '/' },
    { localDir: '/var' },
    { localLock: '/tmp/lock' },
  ]) {
    const { writable, hasPrivateTmp } = confine(settings);
    assert.equal(hasPrivateTmp, false);
    assert.ok(writable.includes('/tmp') && writable.includes('/var/tmp'));
  }
  assert.equal(confine({ localDir: '/tmpfiles' }).hasPrivateTmp, true);
});

test('a hook that is a command may write anywhere but to the system; an address changes nothing', () => {
  const withHook = (onFailure: string) => confine({ hooks: { ...NO_HOOKS, onFailure } }).readOnly;
  assert.equal(withHook('mail root'), 'system');
  assert.equal(withHook('https://hc-ping.com/x'), 'all');
});
