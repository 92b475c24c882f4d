// `encrypted-s3 init` sets up a backup: config, bucket, escrow, first run, comparison, schedule. Each step checks what
// exists already, so that an interrupted init continues when it is run again.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BackupError, ifInterrupted, shellQuote } from '../cli/errors.js';
import { exitCode } from '../cli/exit-codes.js';
import type { CommandContext } from '../cli/main.js';
import { formatTime } from '../cli/units/times.js';
import { defaultConfigFile } from '../config/default-config.js';
import { readConfig } from '../config/read-config.js';
import { type Interview, ProposedAnswers } from '../setup/interview.js';
import { TerminalInterview } from '../setup/terminal-interview.js';
import { connectToBucket } from './connection.js';
import { setUpBucket } from './init/bucket.js';
import { assertAgrees, writeNewConfig } from './init/config.js';
import type { InitRequest, InitStep } from './init/request.js';
import {
  backUp,
  compareRestored,
  escrowAndTry,
  isEscrowTried,
  lastRunOf,
  type Setup,
  scheduleRuns,
} from './init/steps.js';

export async function init(request: InitRequest, context: CommandContext): Promise<number> {
  const { log, interruption } = context;
  const file = configFileFor(request.configFile);
  const interview: Interview = request.isYes
    ? new ProposedAnswers(interruption)
    : new TerminalInterview(interruption);
  // Before anything is created, since nobody could answer later.
  if (request.isYes && !request.skips.includes('escrow'))
    await interview.askEasyKey('An easy-to-remember key, which protects the encryption key in the bucket');

  const isThere = existsSync(file);
  const isEscrowed = isThere
    ? false
    : await ifInterrupted(
        'The config is not written yet: init will ask from the beginning.',
        writeNewConfig(file, request, interview, context),
      );
  const config = await readConfig(file, log);
  if (isThere) {
    assertAgrees(config, request);
    interview.say(`Going on with the config "${file}".`);
  }
  const setup: Setup = { config, aws: connectToBucket(config, context), interview, context };
  const isOffered = async (step: InitStep, question: string) =>
    !request.skips.includes(step) && (await interview.confirm(question));

  const name = file === defaultConfigFile() ? '' : ` ${shellQuote(file)}`;
  const left: string[] = [];
  if (request.skips.includes('bucket') || !(await setUpBucket(setup)))
    left.push(`encrypted-s3 doctor --fix${name}`);
  // With --yes the answer is there already, and is tried.
  if (!isEscrowed && (request.isYes || !(await isEscrowTried(setup)))) {
    if (
      await isOffered(
        'escrow',
        'Store the encryption key in the bucket, protected by one that you can remember?',
      )
    )
      await escrowAndTry(setup);
    else left.push(`encrypted-s3-upload-key ${shellQuote(file)}`);
  }
  let code: number = exitCode.done;
  const looksBack = !request.skips.includes('backup') || !request.skips.includes('compare');
  let lastRun = looksBack ? await lastRunOf(setup) : undefined;
  if (lastRun !== undefined)
    interview.say(`There is a backup already, of ${formatTime(Date.parse(lastRun.ended))}.`);
  else if (await isOffered('backup', 'Run the first backup now?')) {
    code = await backUp(setup);
    lastRun = await lastRunOf(setup);
  } else left.push(`encrypted-s3-sync${name}`);
  const path = lastRun?.lastVerified?.path;
  if (
    path !== undefined &&
    (await isOffered('compare', 'Restore a file and compare it with the one on disk?'))
  )
    await compareRestored(setup, path);
  if (request.skips.includes('schedule') || !(await scheduleRuns(setup, request)))
    left.push(`encrypted-s3 schedule${name}`);
  interview.say(
    [
      'The backup is set up. To run it, and to restore:',
      `  encrypted-s3-sync${name}`,
      '  encrypted-s3 restore --help',
      ...(left.length === 0 ? [] : ['Still to do:', ...left.map((command) => `  ${command}`)]),
    ].join('\n'),
  );
  return code;
}

function configFileFor(named: string | undefined): string {
  const file = named ?? defaultConfigFile();
  if (file !== undefined) return resolve(file);
  throw new BackupError('There is no home folder for the config.', { hint: 'Give its path with --config.' });
}
