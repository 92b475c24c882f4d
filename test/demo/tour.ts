// The tour itself: a backup, why nobody else can read it, the key's way back, and a restore.
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { shellWord, writeConfig } from './config.js';
import { expect, type Shell, say } from './shell.js';
import type { Source } from './source.js';

const BUCKET = 'demo-backup';
const PREFIX = 'demo';
const EASY_KEY = 'correct horse battery staple';

/** @param config the config file to write, in the folder of `shell` */
export async function tour(shell: Shell, source: Source, config: string, endpoint: string): Promise<void> {
  const key = randomBytes(16).toString('hex');
  const url = shellWord(`s3://${BUCKET}/${PREFIX}/${source.largestFile}`);
  const local = shellWord(`${source.folder}/${source.largestFile}`);
  const aws = 'aws --endpoint-url "$AWS_ENDPOINT_URL"';

  shell.step('A config, made from config.template');
  writeConfig(config, {
    AWS_BUCKET: BUCKET,
    AWS_ENDPOINT_URL: endpoint,
    LOCAL_DIR: source.folder,
    REMOTE_DIR_PREFIX: PREFIX,
    ENCRYPTION_KEY: key,
  });
  await shell.succeeds("grep -E '^[A-Z]' backup.config");

  shell.step('The first backup makes the bucket and stores every file');
  await shell.succeeds('encrypted-s3-sync backup.config');
  const summary = `${aws} s3 ls --recursive --summarize s3://${BUCKET}/${PREFIX}/ | tail -n 2`;
  const listed = await shell.succeeds(summary);
  expect(listed.includes(`Total Objects: ${source.files}\n`), `The folder has ${source.files} files.`);

  shell.step('Without the key nobody can read it, not even the owner of the bucket');
  const refused = await shell.run(`${aws} s3 cp ${url} without-key`);
  expect(refused.code !== 0, 'The server gave the file away without the key.');

  shell.step('The key itself goes into the bucket, under one that can be remembered');
  say(`(typed: Enter, "${EASY_KEY}", Enter, "yes")`);
  await shell.succeeds('encrypted-s3-upload-key backup.config', ['', EASY_KEY, '', 'yes']);

  shell.step('After a disaster, it comes back from there');
  say(`(typed: "${EASY_KEY}")`);
  const escrowed = await shell.succeeds(`encrypted-s3-download-key default us-east-1 ${BUCKET}`, [EASY_KEY]);
  expect(escrowed.includes(`'${key}'`), 'This is not the key that was stored.');

  shell.step('A file is restored and is what it was');
  say('(typed: the key)');
  await shell.succeeds(`encrypted-s3-download-file default us-east-1 ${url} restored`, [key]);
  await shell.succeeds(`cmp ${local} restored && echo ${shellWord(basename(source.largestFile))}: identical`);

  shell.step('Everything is restored on a bare machine, with nothing but what can be remembered');
  say(`(typed: "${EASY_KEY}")`);
  const folder = `s3://${BUCKET}/${PREFIX}`;
  await shell.succeeds(`encrypted-s3-download-dir --escrow default us-east-1 ${folder} everything`, [
    EASY_KEY,
  ]);
  const restored = await shell.succeeds("find everything -type f -printf '.' | wc -c");
  expect(restored.trim() === `${source.files}`, `The folder has ${source.files} files.`);

  shell.step('The bucket keeps the history of every file');
  await shell.succeeds(`encrypted-s3-list-versions default us-east-1 ${url}`);

  shell.step('A backup in which nothing changed says nothing');
  const output = await shell.succeeds('encrypted-s3-sync backup.config');
  expect(output === '', 'It said something.');
}
