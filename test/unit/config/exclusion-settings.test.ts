// The settings of exclusions other than EXCLUDE, and of runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluate } from '../../../lib/config/literal/evaluate.js';
import { validate } from '../../../lib/config/validate.js';

const complete = `AWS_REGION=eu-west-1 AWS_BUCKET=my-bucket AWS_RETENTION_DAYS=30 LOCAL_DIR=docs LOCAL_LOCK=/lock
ENCRYPTION_KEY=abcdefghijklmnopqrstuvwxyz012345
`;

function configOf(text: string, inherited: Record<string, string> = {}) {
  const environment = { HOME: '/home/anna', ...inherited };
  const evaluation = evaluate(Buffer.from(complete + text), {
    file: 'my.config',
    environment,
    directory: '/run',
  });
  if (evaluation.kind !== 'values') assert.fail(`not accepted: ${text}`);
  return validate('my.config', evaluation.values, { warn: () => assert.fail('a warning') });
}

function settingsOf(text: string, inherited: Record<string, string> = {}) {
  const config = configOf(text, inherited);
  const { excludeCaches, excludeIfPresent, excludeLargerThan, oneFileSystem } = config;
  return [excludeCaches, excludeIfPresent, excludeLargerThan, oneFileSystem];
}

test('by default nothing is excluded, whatever is in the environment', () => {
  const inherited = {
    EXCLUDE_CACHES: 'yes',
    EXCLUDE_IF_PRESENT: 'x',
    EXCLUDE_LARGER_THAN: '1',
    ONE_FILE_SYSTEM: 'yes',
  };
  assert.deepEqual(settingsOf('', inherited), [false, undefined, undefined, false]);
});

test('the settings of exclusions are read', () => {
  const text =
    "EXCLUDE_CACHES=yes EXCLUDE_IF_PRESENT='.no backup' EXCLUDE_LARGER_THAN=2G ONE_FILE_SYSTEM=yes";
  assert.deepEqual(settingsOf(text), [true, '.no backup', 2 * 2 ** 30, true]);
  const sizes: [string, number | undefined][] = [
    ["''", undefined],
    ['1', 1],
    ['3k', 3 * 2 ** 10],
    ['500M', 500 * 2 ** 20],
    ['1t', 2 ** 40],
  ];
  for (const [value, bytes] of sizes)
    assert.equal(configOf(`EXCLUDE_LARGER_THAN=${value}`).excludeLargerThan, bytes);
});

test('FULL_CHECK_HOURS and UPLOAD_PROCESSES come from the config, not from the environment', () => {
  const { fullCheckHours, uploadProcesses } = configOf('', { FULL_CHECK_HOURS: '1', UPLOAD_PROCESSES: '1' });
  assert.deepEqual([fullCheckHours, uploadProcesses], [20, 4]);
  const own = configOf('FULL_CHECK_HOURS=0 UPLOAD_PROCESSES=64');
  assert.deepEqual([own.fullCheckHours, own.uploadProcesses], [0, 64]);
});

describe('problems', () => {
  const table: [assignment: string, problem: RegExp][] = [
    [
      "EXCLUDE_LARGER_THAN='2 GB'",
      /EXCLUDE_LARGER_THAN must be a number of bytes, such as 500M or 2G, not "2 GB"/,
    ],
    ['EXCLUDE_LARGER_THAN=2GB', /must be a number of bytes, such as 500M or 2G/],
    ['EXCLUDE_LARGER_THAN=1.5G', /must be a number of bytes/],
    ['EXCLUDE_LARGER_THAN=-1', /must be a number of bytes/],
    ['EXCLUDE_LARGER_THAN=0', /must be a number of bytes/],
    [
      'EXCLUDE_IF_PRESENT=a/.nobackup',
      /EXCLUDE_IF_PRESENT must be the name of a file, without a "\/", not "a\/\.nobackup"/,
    ],
    ['EXCLUDE_IF_PRESENT=..', /must be the name of a file/],
    ['EXCLUDE_CACHES=true', /EXCLUDE_CACHES must be 'yes' or 'no', not "true"/],
    ['ONE_FILE_SYSTEM=1', /ONE_FILE_SYSTEM must be 'yes' or 'no', not "1"/],
    ['FULL_CHECK_HOURS=-1', /FULL_CHECK_HOURS must be a whole number from 0 to 8760/],
    ['UPLOAD_PROCESSES=0', /UPLOAD_PROCESSES must be a whole number from 1 to 64/],
    ['UPLOAD_PROCESSES=65', /UPLOAD_PROCESSES must be a whole number from 1 to 64/],
  ];
  for (const [assignment, problem] of table)
    test(`${assignment} is refused`, () => void assert.throws(() => configOf(assignment), problem));
});
