import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textOfKey } from '../../../lib/secrets/key-bytes.js';
import { complete, configOf, KEY, problemsOf, validate, validatePartially, valuesOf } from './validating.js';

test('a complete config is accepted', () => {
  const { encryptionKey, environment, ...rest } = configOf(complete);
  assert.equal(textOfKey(encryptionKey), KEY);
  assert.deepEqual(environment, { HOME: '/home/anna' });
  assert.deepEqual(rest, {
    configFile: 'my.config',
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

test('every setting of this program is read', () => {
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

test('paths become absolute and otherwise stay as they are, since `..` after a link is no way back', () => {
  const text = `${complete}LOCAL_LOCK=link/../lock LOCAL_LIST=/a/link/../list LOCAL_DIR=./link/..`;
  const { localDir, localLock, localList } = configOf(text);
  assert.deepEqual(
    [localDir, localLock, localList],
    ['/run/./link/..', '/run/link/../lock', '/a/link/../list'],
  );
  const atRoot = validate('my.config', { ...valuesOf(complete), directory: '/' });
  assert.equal(atRoot.localDir, '/docs');
});

test('the limit of deletions is read', () => {
  const table: [string, number][] = [
    ['0', 0],
    ['100', 100],
    ["''", 50],
  ];
  for (const [value, expected] of table) {
    assert.equal(configOf(`${complete}MAX_DELETE_PERCENT=${value}`).maxDeletePercent, expected);
  }
});

test('a variable of the environment decides nothing about deletions', () => {
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

test('the prefix gets its slash as in the original', () => {
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

test('commas between patterns are warned of, since each becomes a part of its pattern', () => {
  const { warnings, exclude } = configOf(`${complete}\nEXCLUDE=('*.tmp', 'cache/*')`);
  assert.deepEqual(exclude, ['*.tmp,', 'cache/*']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^my\.config:9: EXCLUDE: "\*\.tmp," ends with a comma/);
});

test('an endpoint that may begin with the name of the bucket by chance gets only a warning', () => {
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

test('a config with which the original works gets only a warning', () => {
  const { warnings, prefix } = configOf(`${complete}REMOTE_DIR_PREFIX='%PREFIX_DIR%'\nLOCAL_DIR2=/other`);
  assert.equal(prefix, '%PREFIX_DIR%/');
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? '', /^my\.config:8: .*%PREFIX_DIR%/);
  assert.match(warnings[1] ?? '', /^my\.config:9: LOCAL_DIR2 is not a setting. Do you mean LOCAL_DIR/);
});

test('a variable that gives the key away under another name is not passed on', () => {
  const text = complete.replace(
    `ENCRYPTION_KEY=${KEY}`,
    `export K=${KEY} AUTH=x:${KEY}; ENCRYPTION_KEY=${KEY}`,
  );
  assert.deepEqual(configOf(text).environment, { HOME: '/home/anna' });
});

describe('a partial config', () => {
  test('a partial config may lack anything', () => {
    const config = validatePartially('my.config', valuesOf("AWS_PROFILE=''"));
    assert.deepEqual(config, {
      configFile: 'my.config',
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

  test('a partial config may hold nothing wrong', () => {
    const problems = problemsOf('AWS_BUCKET=a/b\nENCRYPTION_KEY=short', validatePartially);
    assert.equal(problems.length, 2);
  });
});
