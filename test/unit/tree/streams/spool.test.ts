import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { Spool } from '../../../../lib/tree/streams/spool.js';

test('a spool that cannot be written is reported with where and why, and what to set for a backup or a restore', () => {
  assert.throws(
    () => new Spool('/no/such/folder/notes'),
    (error) => {
      assert.ok(error instanceof BackupError);
      assert.equal(
        error.message,
        'Can\'t write the temporary file "/no/such/folder/notes": no such file or folder.',
      );
      assert.match(error.hint ?? '', /XDG_STATE_HOME for a backup, TMPDIR for a restore/);
      return true;
    },
  );
});
