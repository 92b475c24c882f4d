import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackupError } from '../../../lib/cli/errors.js';
import { evaluate } from '../../../lib/config/literal/evaluate.js';
import * as validation from '../../../lib/config/validate.js';
import type { ConfigValues } from '../../../lib/config/values.js';
import { bytesOfKey } from '../../../lib/secrets/key-bytes.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const complete = `
AWS_REGION=eu-west-1
AWS_BUCKET=my-bucket
AWS_RETENTION_DAYS=30
LOCAL_DIR=docs
LOCAL_LOCK=/lock
ENCRYPTION_KEY=${KEY}
`;

function valuesOf(text: string, inherited: Record<string, string> = {}) {
  const environment = { HOME: '/home/anna', ...inherited };
  const surroundings = { file: 'my.config', environment, directory: '/run' };
  const evaluation = evaluate(Buffer.from(text), surroundings);
  if (evaluation.kind !== 'values') assert.fail(`not accepted: ${text}`);
  return evaluation.values;
}

/** The config and its warnings. */
function validate(file: string, values: ConfigValues) {
  const warnings: string[] = [];
  const config = validation.validate(file, values, { warn: (text) => warnings.push(text) });
  return { ...config, warnings };
}

const configOf = (text: string) => validate('my.config', valuesOf(text));

function validatePartially(file: string, values: ConfigValues) {
  return validation.validatePartially(file, values, { warn: () => assert.fail('a warning') });
}

function problemsOf(text: string, check: typeof validate | typeof validatePartially = validate): string[] {
  try {
    check('my.config', valuesOf(text));
  } catch (error) {
    if (error instanceof BackupError) return error.message.split('\n');
    throw error;
  }
  return assert.fail('no problem was reported');
}

test('a complete config', () => {
  const { encryptionKey, environment, ...rest } = configOf(complete);
  assert.equal(bytesOfKey(encryptionKey).toString(), KEY);
  assert.deepEqual(environment, { HOME: '/home/anna' });
  assert.deepEqual(rest, {
    file: 'my.config',
    profile: 'default',
    region: 'eu-west-1',
    bucket: 'my-bucket',
    retentionDays: 30,
    netTimeout: 60,
    endpointUrl: undefined,
    storageClass: 'STANDARD_IA',
    localDir: '/run/docs',
    localLock: '/lock',
    localList: undefined,
    hostId: undefined,
    prefix: '',
    followSymlinks: false,
    exclude: [],
    excludeCaches: false,
    excludeIfPresent: undefined,
    excludeLargerThan: undefined,
    oneFileSystem: false,
    compareContent: false,
    fullCheckHours: 20,
    uploadProcesses: 4,
    maxDeletePercent: 50,
    maxChangePercent: 50,
    refuseMassChange: false,
    allowUnversionedDelete: false,
    hooks: { onStart: undefined, onSuccess: undefined, onWarning: undefined, onFailure: undefined },
    metricsFile: undefined,
    warnings: [],
  });
});

test('every setting of its own', () => {
  const config = configOf(`${complete}
    AWS_PROFILE=mine AWS_NET_TIMEOUT=5 AWS_ENDPOINT_URL=https://s3.example.com:9000 AWS_STORAGE_CLASS=GLACIER_IR
    LOCAL_LIST=~/list REMOTE_DIR_PREFIX=a/b FOLLOW_SYMLINKS=yes
    EXCLUDE=('*.tmp' 'cache/*') MAX_DELETE_PERCENT=7 MAX_CHANGE_PERCENT=8 COMPARE_CONTENT=yes REFUSE_MASS_CHANGE=yes ALLOW_UNVERSIONED_DELETE=yes HOST_ID='pod für anna'`);
  assert.equal(config.profile, 'mine');
  assert.equal(config.netTimeout, 5);
  assert.equal(config.endpointUrl, 'https://s3.example.com:9000');
  assert.equal(config.storageClass, 'GLACIER_IR');
  assert.equal(config.localList, '/home/anna/list');
  assert.equal(config.hostId, 'pod für anna');
  assert.equal(config.prefix, 'a/b/');
  assert.equal(config.followSymlinks, true);
  assert.deepEqual(config.exclude, ['*.tmp', 'cache/*']);
  assert.equal(config.maxDeletePercent, 7);
  assert.deepEqual([config.maxChangePercent, config.refuseMassChange], [8, true]);
  assert.equal(config.compareContent, true);
  assert.equal(config.allowUnversionedDelete, true);
});

test('paths become absolute, and stay as they are otherwise: `..` after a link is no way back', () => {
  const text = `${complete}LOCAL_LOCK=link/../lock LOCAL_LIST=/a/link/../list LOCAL_DIR=./link/..`;
  const { localDir, localLock, localList } = configOf(text);
  assert.deepEqual(
    [localDir, localLock, localList],
    ['/run/./link/..', '/run/link/../lock', '/a/link/../list'],
  );
  const atRoot = validate('my.config', { ...valuesOf(complete), directory: '/' });
  assert.equal(atRoot.localDir, '/docs');
});

test('the limit of what may go', () => {
  const table: [string, number][] = [
    ['0', 0],
    ['100', 100],
    ["''", 50],
  ];
  for (const [value, expected] of table) {
    assert.equal(configOf(`${complete}MAX_DELETE_PERCENT=${value}`).maxDeletePercent, expected);
  }
});

test('what is only in the environment decides nothing about deletions', () => {
  const inherited = {
    EXCLUDE: '*',
    MAX_DELETE_PERCENT: '100',
    ALLOW_UNVERSIONED_DELETE: 'yes',
    HOST_ID: 'alpha',
  };
  const { exclude, maxDeletePercent, allowUnversionedDelete, hostId } = validate(
    'my.config',
    valuesOf(complete, inherited),
  );
  assert.deepEqual([exclude, maxDeletePercent, allowUnversionedDelete, hostId], [[], 50, false, undefined]);
});

test('the prefix gets its slash as the original gives it', () => {
  for (const prefix of ['a/', '/a', '//', ' ', 'backup.information', 'a/backup.info']) {
    assert.equal(configOf(`${complete}REMOTE_DIR_PREFIX='${prefix}'`).prefix, `${prefix}/`);
  }
});

test('everything that is missing is reported at once, in the words of the original', () => {
  const names = [
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_BUCKET',
    'AWS_RETENTION_DAYS',
    'LOCAL_DIR',
    'LOCAL_LOCK',
    'ENCRYPTION_KEY',
  ];
  const problems = problemsOf("\nAWS_PROFILE=''");
  assert.deepEqual(
    problems,
    names.map(
      (name, index) =>
        `The config file is incomplete. No value for "${name}". (my.config${index === 0 ? ':2' : ''})`,
    ),
  );
});

describe('problems', () => {
  const table: [assignment: string, problem: RegExp][] = [
    ['AWS_RETENTION_DAYS=0', /whole number of days from 1/],
    ['AWS_RETENTION_DAYS=-1', /whole number/],
    ['AWS_RETENTION_DAYS=1.5', /whole number/],
    ['AWS_RETENTION_DAYS=99999999999', /whole number/],
    ['AWS_RETENTION_DAYS=thirty', /not "thirty"/],
    ['AWS_NET_TIMEOUT=0', /whole number of seconds from 1/],
    ['AWS_BUCKET=s3://my-bucket', /without "s3:\/\/" and "\/", not "s3:\/\/my-bucket"/],
    ['AWS_BUCKET=my-bucket/dir', /REMOTE_DIR_PREFIX/],
    ["AWS_BUCKET='my bucket'", /must be the name of a bucket: 3 to 63/],
    ['AWS_BUCKET=ab', /must be the name of a bucket: 3 to 63/],
    ['AWS_ENDPOINT_URL=s3.example.com', /must be a URL such as https/],
    [
      'AWS_ENDPOINT_URL=https://s3.example.com/my-bucket',
      /must not hold the bucket's name.* https:\/\/s3\.example\.com\.$/,
    ],
    [
      'AWS_ENDPOINT_URL=https://my-bucket.s3.eu-west-1.example.com',
      /must not hold the bucket's name.* Write https:\/\/s3\.eu-west-1\.example\.com\.$/,
    ],
    ['MAX_DELETE_PERCENTAGE=5', /MAX_DELETE_PERCENTAGE is no setting\. Is MAX_DELETE_PERCENT meant/],
    ['AWS_ENDPOINT_URL=ftp://s3.example.com', /must be a URL such as https/],
    [
      'AWS_ENDPOINT_URL=http://s3.example.com',
      /AWS_ENDPOINT_URL must be an https address: plain http would send/,
    ],
    ['AWS_STORAGE_CLASS=standard', /must be a storage class such as STANDARD_IA, not "standard"/],
    ['AWS_STORAGE_CLASS=DEEP_ARCHIVE', /can be read at once, not "DEEP_ARCHIVE"\. .*GLACIER_IR/],
    ['REMOTE_DIR_PREFIX=backup.info', /must not begin with backup\.info\//],
    ['REMOTE_DIR_PREFIX=backup.info/keys', /must not begin with backup\.info\//],
    ['REMOTE_DIR_PREFIX=backup.info/', /must not begin with backup\.info\//],
    ["HOST_ID=' '", /HOST_ID must be a name of printable characters/],
    ["HOST_ID='a\nb'", /HOST_ID must be a name of printable characters/],
    ['FOLLOW_SYMLINKS=true', /must be 'yes' or 'no', not "true"/],
    ['ALLOW_UNVERSIONED_DELETE=true', /must be 'yes' or 'no', not "true"/],
    ['MAX_DELETE_PERCENT=101', /whole number from 0 to 100, not "101"/],
    ['MAX_DELETE_PERCENT=-1', /whole number from 0 to 100/],
    ['MAX_DELETE_PERCENT=50%', /whole number from 0 to 100, not "50%"/],
    ['MAX_DELETE_PERCENT=0.5', /whole number from 0 to 100/],
    ["EXCLUDE=(a '')", /EXCLUDE must not hold an empty pattern/],
    ['EXCLUDE=(/a)', /not "\/a"\. They are relative to LOCAL_DIR/],
    ["EXCLUDE='./a/*'", /not "\.\/a\/\*"\. They are relative to LOCAL_DIR/],
    ['EXCLUDE=(a cache/)', /not "cache\/"\. It matches no file\. .*'cache\/\*'/],
    ['EXCLUDES=a', /^my\.config:9: EXCLUDES is no setting. Is EXCLUDE meant/],
    ["LOCAL_DIR='%LOCAL_DIR%'", /template's %LOCAL_DIR%/],
    ["AWS_BUCKET='%BUCKET%'", /template's %BUCKET%/],
    ["ENCRYPTION_KEY='%32_CHARACTERS_KEY%'", /template's %32_CHARACTERS_KEY%/],
    ["LOCAL_LOCK='~/lock'", /~ in quotes/],
    ['AWS_REGIONS=x', /^my\.config:9: AWS_REGIONS is no setting. Is AWS_REGION meant/],
    ['FOLLOW_SYMLINK=yes', /FOLLOW_SYMLINK is no setting/],
    ['ENCRYPTION_KEY=abc', /exactly 32 bytes long, but it has 3\./],
    [`ENCRYPTION_KEY=${KEY.slice(1)}ü`, /but it has 33 \(characters that are not ASCII/],
  ];
  for (const [assignment, problem] of table) {
    test(assignment, () => {
      const text = assignment.startsWith('AWS_REGIONS')
        ? complete.replace('AWS_REGION=eu-west-1', 'A=')
        : complete;
      const problems = problemsOf(`${text}\n${assignment}`);
      const found = problems.find((line) => problem.test(line));
      assert.ok(found?.startsWith('my.config:9: '), problems.join('\n'));
    });
  }

  test('of all settings at once, in the order of their lines', () => {
    const problems = problemsOf(
      'AWS_BUCKET=a/b AWS_REGION=x\nFOLLOW_SYMLINKS=1\nAWS_NET_TIMEOUT=x\nENCRYPTION_KEY=secret',
    );
    assert.deepEqual(
      problems.map((line) => /^my\.config:\d|^The config file is incomplete/.exec(line)?.[0]),
      [
        ...Array(3).fill('The config file is incomplete'),
        'my.config:1',
        'my.config:2',
        'my.config:3',
        'my.config:4',
      ],
    );
    assert.ok(!problems.join().includes('secret'));
  });

  test('with the password of an endpoint left out', () => {
    const problems = problemsOf(`${complete}AWS_ENDPOINT_URL=https://me:secret@example.com`);
    assert.match(problems.join(), /must not hold a user name or password/);
    assert.ok(!problems.join().includes('secret'));
  });
});

test('commas between patterns are warned of: each is a part of its pattern', () => {
  const { warnings, exclude } = configOf(`${complete}\nEXCLUDE=('*.tmp', 'cache/*')`);
  assert.deepEqual(exclude, ['*.tmp,', 'cache/*']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^my\.config:9: EXCLUDE: "\*\.tmp," ends with a comma/);
});

test('an endpoint that may begin with the name of the bucket by chance is only warned of', () => {
  const url = 'https://my-bucket.fra1.example.com:9000';
  const { warnings, endpointUrl } = configOf(`${complete}AWS_ENDPOINT_URL=${url}`);
  assert.equal(endpointUrl, url);
  assert.match(
    warnings.join('\n'),
    /^my\.config:8: AWS_ENDPOINT_URL: "https:\S+" begins with the bucket's name.* write https:\/\/fra1\.example\.com:9000\.$/,
  );
  for (const other of ['https://my-bucket.example.com', 'https://s3.my-bucket.example.com'])
    assert.deepEqual(configOf(`${complete}AWS_ENDPOINT_URL=${other}`).warnings, [], other);
});

test('what the original works with is only warned of', () => {
  const { warnings, prefix } = configOf(`${complete}REMOTE_DIR_PREFIX='%PREFIX_DIR%'\nLOCAL_DIR2=/other`);
  assert.equal(prefix, '%PREFIX_DIR%/');
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? '', /^my\.config:8: .*%PREFIX_DIR%/);
  assert.match(warnings[1] ?? '', /^my\.config:9: LOCAL_DIR2 is no setting. Is LOCAL_DIR meant/);
});

test('a variable that gives the key away under another name is not passed on', () => {
  const text = complete.replace(
    `ENCRYPTION_KEY=${KEY}`,
    `export K=${KEY} AUTH=x:${KEY}; ENCRYPTION_KEY=${KEY}`,
  );
  assert.deepEqual(configOf(text).environment, { HOME: '/home/anna' });
});

describe('a partial config', () => {
  test('may lack anything', () => {
    const config = validatePartially('my.config', valuesOf("AWS_PROFILE=''"));
    assert.deepEqual(config, {
      file: 'my.config',
      profile: undefined,
      region: undefined,
      bucket: undefined,
      retentionDays: undefined,
      netTimeout: 60,
      endpointUrl: undefined,
      storageClass: 'STANDARD_IA',
      encryptionKey: undefined,
      environment: { HOME: '/home/anna' },
    });
  });

  test('may hold nothing wrong', () => {
    const problems = problemsOf('AWS_BUCKET=a/b\nENCRYPTION_KEY=short', validatePartially);
    assert.equal(problems.length, 2);
  });
});
