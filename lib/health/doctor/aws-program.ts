// Checks the AWS CLI: which program it is, and how long its version is supported.
import { closeSync, openSync, readSync } from 'node:fs';
import type { AwsCli } from '../../aws/aws-cli.js';
import { findProgram } from '../../cli/find-program.js';
import { type Finding, ok, warning } from './finding.js';

/**
 * Version 1 gets only critical fixes since August 5, 2026, and no updates from July 15, 2027 on:
 * https://docs.aws.amazon.com/cli/v1/reference/ and
 * https://aws.amazon.com/blogs/developer/cli-v1-maintenance-mode-announcement
 */
const VERSION_1 = { maintenance: Date.UTC(2026, 7, 5), end: Date.UTC(2027, 6, 15) };
/** https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html */
const INSTALL =
  'curl -o awscliv2.zip "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip" && unzip -q awscliv2.zip && sudo ./aws/install';

/** @throws {BackupError} if there is no `aws`, or it does not start */
export async function checkAwsProgram(aws: AwsCli): Promise<Finding[]> {
  const { stdout, stderr } = await aws.runOrThrow(['--version']);
  const program = findProgram('aws', aws.environment['PATH']);
  // Version 1 with Python 2 printed it on stderr.
  return [judgeVersion(stdout || stderr, program === undefined ? undefined : describe(program), Date.now())];
}

/**
 * @param words the output of `aws --version`
 * @param program the file and what it is
 * @param now ms since the epoch
 */
export function judgeVersion(words: string, program: string | undefined, now: number): Finding {
  const [, version, major] = /^aws-cli\/((\d+)\.\d+\.\d+\S*)/m.exec(words) ?? [];
  const where = program === undefined ? '' : ` (${program})`;
  if (version === undefined)
    return warning('AWS CLI', `"aws --version" names no version of the AWS CLI${where}`, INSTALL);
  const what = `version ${version}${where}`;
  if (Number(major) >= 2 || now < VERSION_1.maintenance) return ok('AWS CLI', what);
  if (now < VERSION_1.end)
    return ok(
      'AWS CLI',
      `${what}; AWS ends the support of version 1 on 2027-07-15, and only fixes critical errors until then`,
    );
  return warning(
    'AWS CLI',
    `${what}; AWS does not support version 1 since 2027-07-15: install version 2`,
    INSTALL,
  );
}

/** Describes the program; a wrapper may do anything, so it is mentioned. */
function describe(program: string): string {
  const interpreter = /^#!\s*(\S+)(?: (\S+))?/.exec(firstBytes(program))?.slice(1).join(' ');
  const isWrapper = interpreter !== undefined && !/python/.test(interpreter);
  return isWrapper ? `${program}, a script of ${interpreter.trim()} that decides what is run` : program;
}

function firstBytes(file: string): string {
  const bytes = Buffer.alloc(256);
  try {
    const descriptor = openSync(file, 'r');
    try {
      return bytes.toString('latin1', 0, readSync(descriptor, bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
