// The messages about a wrong config.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { complete, KEY, problemsOf } from './validating.js';

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
    ['MAX_DELETE_PERCENTAGE=5', /MAX_DELETE_PERCENTAGE is not a setting\. Do you mean MAX_DELETE_PERCENT/],
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
    ['EXCLUDES=a', /^my\.config:9: EXCLUDES is not a setting. Do you mean EXCLUDE/],
    ["LOCAL_DIR='%LOCAL_DIR%'", /template's %LOCAL_DIR%/],
    ["AWS_BUCKET='%BUCKET%'", /template's %BUCKET%/],
    ["ENCRYPTION_KEY='%32_CHARACTERS_KEY%'", /template's %32_CHARACTERS_KEY%/],
    ["LOCAL_LOCK='~/lock'", /~ in quotes/],
    ['AWS_REGIONS=x', /^my\.config:9: AWS_REGIONS is not a setting. Do you mean AWS_REGION/],
    ['FOLLOW_SYMLINK=yes', /FOLLOW_SYMLINK is not a setting/],
    ['ENCRYPTION_KEY=abc', /exactly 32 bytes long, but it has 3\./],
    [`ENCRYPTION_KEY=${KEY.slice(1)}ü`, /but it has 33 \(characters that are not ASCII/],
  ];
  for (const [assignment, problem] of table) {
    test(`${assignment} is refused with its line`, () => {
      const text = assignment.startsWith('AWS_REGIONS')
        ? complete.replace('AWS_REGION=eu-west-1', 'A=')
        : complete;
      const problems = problemsOf(`${text}\n${assignment}`);
      const found = problems.find((line) => problem.test(line));
      assert.ok(found?.startsWith('my.config:9: '), problems.join('\n'));
    });
  }

  test('all settings are reported at once, in the order of their lines', () => {
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

  test('a problem with an endpoint does not show its password', () => {
    const problems = problemsOf(`${complete}AWS_ENDPOINT_URL=https://me:secret@example.com`);
    assert.match(problems.join(), /must not hold a user name or password/);
    assert.ok(!problems.join().includes('secret'));
  });
});

test('an address to ping with a password is refused, since the error of a ping would quote it', () => {
  const problems = problemsOf(`${complete}ON_FAILURE=https://me:secret@example.com/x`).join();
  assert.match(problems, /ON_FAILURE must not hold a user name or password/);
  assert.doesNotMatch(problems, /secret/);
});
