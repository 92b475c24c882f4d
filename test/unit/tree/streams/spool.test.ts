import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackupError } from '../../../../lib/cli/errors.js';
import { Spool } from '../../../../lib/tree/streams/spool.js';

test('notes that can not be written: where, why, and what to do for a backup and for a restore', () => {
  assert.throws(
    () => new Spool('/no/such/folder/notes'),
    (error) => {
      assert.ok(error instanceof BackupError);
      assert.equal(
        error.message,
        'The run\'s notes "/no/such/folder/notes" can\'t be written: no such file or folder.',
      );
      assert.match(error.hint ?? '', /a backup's are below XDG_STATE_HOME, a restore's in TMPDIR/);
      return true;
    },
  );
});
