import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathsBelow } from '../fakes/paths-below.js';
import { KEY, type RunOptions, Sandbox } from '../fakes/sandbox.js';

const COMMAND = 'encrypted-s3-download-dir';

/** All paths below a folder, except those that the fakes write. */
function everythingIn(folder: string): string[] {
  return pathsBelow(folder).filter((path) => !/^(syslog|logger-arguments|calls|fakes|tmp)/.test(path));
}

/** A destination that does not exist. */
const TO = 'to/be/made';
const PLACE = ['default', 'eu-central-1'];
const FOLDER_URL = 's3://test-bucket/pc/docs';

interface BadInput {
  readonly args: readonly string[];
  readonly message: RegExp;
  /** Prepares the sandbox. */
  readonly make?: (box: Sandbox) => void;
  readonly options?: RunOptions;
}

const BAD_INPUT: Readonly<Record<string, BadInput>> = {
  'no arguments': {
    args: [],
    message: /missing required argument 'destination'\n[\s\S]*Usage: encrypted-s3-download-dir/,
  },
  'an unknown option': { args: ['--key', 'x', TO], message: /unknown option '--key'[\s\S]*Usage: / },
  'an option without its value': { args: ['--at'], message: /'--at <time>' argument missing/ },
  'one argument without a config': {
    args: [TO],
    message: /^ERROR: No config is given, and there is none in the default place\.\nHINT: /,
  },
  'three arguments without a config': {
    args: ['default', 'eu-central-1', TO],
    message: /^ERROR: A profile, a region, an s3:\/\/ URL and a destination are needed\.\nHINT: --help/,
  },
  'three arguments with a config': {
    args: ['--config', 'C', 'a', 'b', TO],
    message: /^ERROR: With --config, a destination/,
  },
  '--escrow and --config': {
    args: ['--escrow', '--config', 'C', TO],
    message: /^ERROR: --escrow and --config can not be used together/,
  },
  'an invalid TIME': {
    args: ['--config', 'C', '--at', 'some tuesday', TO],
    message:
      /^ERROR: "some tuesday" is not a time that this program understands\.\nHINT: Examples: 2026-03-28/,
  },
  'a TIME in the future': {
    args: ['--config', 'C', '--at', '2999-01-01', TO],
    message: /^ERROR: "2999-01-01" is in the future: .*\nHINT: Give a time in the past; "now" is the latest/,
  },
  'a missing config': {
    args: ['--config', 'no-config', TO],
    message: /^ERROR: .*does not exist: .*no-config/,
  },
  'a config that is a folder': { args: ['--config', 'source', TO], message: /^ERROR: .*is a directory/ },
  'an invalid URL': {
    args: [...PLACE, 'test-bucket/pc/docs', TO],
    message: /^ERROR: "test-bucket\/pc\/docs" does not name a folder in a bucket\.\nHINT: Write it as s3:/,
  },
  'a folder outside of LOCAL_DIR': {
    args: ['--config', 'C', '/etc', TO],
    message: /^ERROR: "\/etc" is not in LOCAL_DIR ".*\/source"\.\nHINT: Give the path relative to LOCAL_DIR/,
  },
  'a folder above LOCAL_DIR': {
    args: ['--config', 'C', '..', TO],
    message: /^ERROR: "\.\." is not in LOCAL_DIR/,
  },
  'an empty destination': {
    args: ['--config', 'C', '--overwrite', ''],
    message: /^ERROR: The destination is empty/,
  },
  'a file as destination': {
    args: ['--config', 'C', '--overwrite', 'file'],
    make: ({ folder }) => writeFileSync(join(folder, 'file'), 'content'),
    message: /^ERROR: Can't restore to ".*\/file": ".*\/file" is not a folder\.\nHINT: Choose another/,
  },
  'a destination below a file': {
    args: ['--config', 'C', 'file/below'],
    make: ({ folder }) => writeFileSync(join(folder, 'file'), 'content'),
    message: /^ERROR: Can't restore to ".*\/file\/below": ".*\/file" is not a folder\.\nHINT: Choose another/,
  },
  'a destination that is not empty': {
    args: ['--config', 'C', 'full/'],
    make: ({ folder }) => {
      mkdirSync(join(folder, 'full'));
      writeFileSync(join(folder, 'full/.hidden'), '');
    },
    message: /^ERROR: ".*\/full" is not empty\.\nHINT: .*--overwrite/,
  },
  'a current folder that is not empty': {
    args: ['--config', 'C', '.'],
    message: /^ERROR: ".*" is not empty/,
  },
  'a dangling link': {
    args: ['--config', 'C', 'link'],
    make: ({ folder }) => symlinkSync('nowhere', join(folder, 'link')),
    message: /^ERROR: ".*\/link" is a link that leads nowhere\.\nHINT: Remove it/,
  },
  'a plain http endpoint in the environment': {
    args: [...PLACE, FOLDER_URL, TO],
    options: { environment: { AWS_ENDPOINT_URL: 'http://s3.example.com' }, input: `${KEY}\n` },
    message: /^ERROR: The endpoint http:\/\/s3\.example\.com is plain http/,
  },
  'a plain http endpoint in the config': {
    args: ['--config', 'C', TO],
    make: (box) => box.config({ AWS_ENDPOINT_URL: 'http://s3.example.com' }),
    message: /backup\.config:\d+: AWS_ENDPOINT_URL must be an https address/,
  },
  'a key of another length': {
    args: [...PLACE, FOLDER_URL, TO],
    options: { input: `${KEY}x\n` },
    message:
      /^Enter your backup encryption key: \nERROR: The encryption key must be exactly 32 bytes long, but it has 33/,
  },
  'no key at all': {
    args: [...PLACE, FOLDER_URL, TO],
    message: /^Enter your backup encryption key: \nERROR: The encryption key must be exactly 32 bytes long/,
  },
  'no aws on PATH, for a point in time': {
    args: ['--config', 'C', '--at', 'yesterday', TO],
    options: { environment: { PATH: '/nowhere' } },
    message: /^ERROR: The AWS CLI was not found/,
  },
  'no aws on PATH': {
    args: ['--config', 'C', TO],
    options: { environment: { PATH: '/nowhere' } },
    message: /^ERROR: The AWS CLI was not found: there is no "aws" on PATH\.\nHINT: Install it/,
  },
};

for (const [what, { args, make, options, message }] of Object.entries(BAD_INPUT)) {
  test(`download-dir reports "${what}" before it asks the bucket for anything or writes`, async (t) => {
    const box = new Sandbox(t);
    const config = box.config();
    make?.(box);
    const before = everythingIn(box.folder);
    const words = args.map((word) => (word === 'C' ? config : word));
    const { code, stdout, stderr } = await box.run(COMMAND, words, options);
    assert.match(stderr, message);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(stderr.includes(KEY), false);
    assert.deepEqual(everythingIn(box.folder), before);
    box.calls();
  });
}
