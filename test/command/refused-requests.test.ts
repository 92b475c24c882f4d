// A server or proxy that refuses every request, for a reason other than the encryption key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EASY_KEY, KEY, Sandbox } from '../fakes/sandbox.js';

/** S3's code and message in the answer to every request but HEAD. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['InvalidRequest', 'S3 Transfer Acceleration is not configured on this bucket'],
  [
    'InvalidRequest',
    'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
  ],
  ['InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.'],
  ['AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject on resource: x'],
  ['400', 'Bad Request'],
  ['BadRequest', 'None'],
];

const URL = 's3://test-bucket/pc/docs/a';
/** The answers of encrypted-s3-upload-key to its questions. */
const ESCROW = `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`;

/** Every command, with its arguments and input. */
const COMMANDS: readonly (readonly [string, (box: Sandbox) => readonly string[], string?])[] = [
  ['encrypted-s3-sync', (box) => [box.configFile]],
  ['encrypted-s3-sync', (box) => ['--dry-run', box.configFile]],
  ['encrypted-s3-upload-key', () => [], ESCROW],
  ['encrypted-s3-download-key', () => ['default', 'eu-central-1', 'test-bucket'], `${EASY_KEY}\n`],
  ['encrypted-s3-download-file', (box) => ['default', 'eu-central-1', URL, `${box.folder}/to`], `${KEY}\n`],
  [
    'encrypted-s3-download-file',
    (box) => ['--version-id=1', 'default', 'eu-central-1', URL, `${box.folder}/to`],
    `${KEY}\n`,
  ],
  [
    'encrypted-s3-download-file',
    (box) => ['--at=yesterday', 'default', 'eu-central-1', URL, `${box.folder}/to`],
    `${KEY}\n`,
  ],
  ['encrypted-s3-download-dir', (box) => ['--config', box.configFile, `${box.folder}/to`]],
  [
    'encrypted-s3-download-dir',
    (box) => ['--escrow', 'default', 'eu-central-1', 's3://test-bucket/pc/docs/', `${box.folder}/to`],
    `${EASY_KEY}\n`,
  ],
  ['encrypted-s3-download-dir', (box) => ['--at=yesterday', '--config', box.configFile, `${box.folder}/to`]],
  ['encrypted-s3-list-versions', () => ['default', 'eu-central-1', URL]],
  ['encrypted-s3-undelete', (box) => ['--dry-run', box.configFile]],
];

/** Makes a fake `aws` that refuses reads. @param isAllRefused whether it refuses listings and queries of the bucket, too */
function refuse(box: Sandbox, code: string, message: string, isAllRefused: boolean): void {
  const head = code === 'AccessDenied' ? '(403) when calling the HeadObject operation: Forbidden' : '';
  const bare = head || '(400) when calling the HeadObject operation: Bad Request';
  box.fake(
    'aws',
    `case " $* " in
${isAllRefused ? '' : LISTINGS}
*" s3 cp "*|*" head-"*) echo "fatal error: An error occurred ${bare}" >&2; exit 1;;
*) echo "An error occurred (${code}) when calling the GetObject operation: ${message}" >&2; exit 254;;
esac`,
  );
}

/** Answers to listings and queries of the bucket, which holds a file and an escrowed key. */
const LISTINGS = `*" head-bucket "*) exit 0;;
*" --max-keys "*) echo '{"Contents": [{"Key": "backup.info/key/data"}, {"Key": "pc/docs/a"}, '\\
'{"Key": "backup.info/runs/pc/docs/last-run.json"}, {"Key": "backup.info/runs/pc/docs/tree.ndjson.gz"}]}'; exit 0;;
*" list-objects-v2 "*) echo '[["pc/docs/a",1,"2020-01-01T00:00:00+00:00","x"]]'; exit 0;;
*" list-object-versions "*" --prefix=backup.info/runs/ "*) echo '{"versions": [], "next": [false]}'; exit 0;;
*" --prefix=backup.info/runs/ "*) echo null; exit 0;;
*" list-object-versions "*) echo '{"versions": [["pc/docs/a", "1", "2020-01-01T00:00:00Z", true, 1]], "next": [false]}'; exit 0;;`;

function assertKeyIsNotBlamed(stderr: string): void {
  const said = stderr.split('\n').filter((line) => /(ERROR|HINT): /.test(line));
  assert.doesNotMatch(
    said.join('\n'),
    /another key|another one|easy-to-remember|this encryption key|Put the key|delete|remove/i,
  );
}

for (const [code, message] of ANSWERS) {
  test(`a command that gets ${code} (${message.slice(0, 40)}) to every call quotes S3 with exit code 1, and blames no key`, async (t) => {
    for (const [command, args, input = ''] of COMMANDS) {
      const box = new Sandbox(t);
      box.write('a', 'a');
      box.config();
      refuse(box, code, message, true);
      const { code: exitCode, stderr } = await box.run(command, args(box), { input });
      assert.equal(exitCode, 1, `${command}: ${stderr}`);
      assert.match(stderr, /ERROR: .*(Bad Request|Forbidden|An error occurred \((\w+)\))/, command);
      assertKeyIsNotBlamed(stderr);
    }
  });
}

for (const [code, message] of ANSWERS.slice(0, 4)) {
  test(`a command that gets ${code} (${message.slice(0, 40)}) to every read of an object quotes it, and blames no key`, async (t) => {
    for (const [command, args, input = ''] of COMMANDS) {
      if (/list-versions|undelete/.test(command)) continue; // These commands read no object.
      const box = new Sandbox(t);
      box.write('a', 'a');
      box.config();
      refuse(box, code, message, false);
      const { code: exitCode, stderr } = await box.run(command, args(box), { input });
      assert.ok(exitCode === 1 || exitCode === 3, `${command}: ${exitCode} ${stderr}`);
      assert.ok(stderr.includes(message.replace(/\.$/, '')), `${command}: ${stderr}`);
      assertKeyIsNotBlamed(stderr);
    }
  });
}

test('a command ends with exit code 5 if the server lists objects, but refuses every read without a message', async (t) => {
  for (const [command, args, input = ''] of COMMANDS) {
    if (/list-versions|undelete/.test(command) || args(new Sandbox(t)).includes('--at=yesterday')) continue;
    const box = new Sandbox(t);
    box.write('a', 'a');
    box.config();
    refuse(box, 'InvalidRequest', '', false);
    const { code, stderr } = await box.run(command, args(box), { input });
    // upload-key asks whether to replace the escrow, and gets no answer.
    assert.equal(code, command === 'encrypted-s3-upload-key' ? 1 : 5, `${command}: ${stderr}`);
  }
});
