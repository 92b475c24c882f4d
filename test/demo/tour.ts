// The tour: set up a backup, see that nobody can read it without the key, restore it, and survive an unmounted disk.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { shellQuote } from '../../lib/cli/errors.js';
import { expect, type Shell, say } from './shell.js';
import type { DemoSource } from './source.js';

const BUCKET = 'demo-backup';
const PREFIX = 'demo';
const EASY_KEY = 'correct horse battery staple';

/** @param config the default config, which `init` writes */
export async function tour(shell: Shell, source: DemoSource, config: string): Promise<void> {
  const url = shellQuote(`s3://${BUCKET}/${PREFIX}/${source.largestFile}`);
  const folder = shellQuote(source.folder);
  const local = shellQuote(`${source.folder}/${source.largestFile}`);
  const aws = 'aws --endpoint-url "$AWS_ENDPOINT_URL"';

  shell.step('Set up: a config with a new key, the bucket, the key in it, a first backup, a file compared');
  say(`(typed: "${EASY_KEY}", which protects the key in the bucket)`);
  const place = `--endpoint-url "$AWS_ENDPOINT_URL" --region us-east-1 --bucket ${BUCKET} --prefix ${PREFIX}`;
  await shell.succeeds(`encrypted-s3 init --yes ${place} --directory ${folder}`, [EASY_KEY]);
  const summary = `${aws} s3 ls --recursive --summarize s3://${BUCKET}/${PREFIX}/ | tail -n 2`;
  const listed = await shell.succeeds(summary);
  expect(listed.includes(`Total Objects: ${source.files}\n`), `The folder has ${source.files} files.`);

  shell.step('Without the key nobody can read it, not even the owner of the bucket');
  const refused = await shell.run(`${aws} s3 cp ${url} without-key`);
  expect(refused.code !== 0, 'The server gave the file away without the key.');

  shell.step('A file is restored and is what it was');
  await shell.succeeds(`encrypted-s3 restore ${local} restored`);
  await shell.succeeds(
    `cmp ${local} restored && echo ${shellQuote(basename(source.largestFile))}: identical`,
  );

  shell.step('After a disaster, the key comes back from the bucket');
  say(`(typed: "${EASY_KEY}")`);
  const escrowed = await shell.succeeds(`encrypted-s3 download-key default us-east-1 ${BUCKET}`, [EASY_KEY]);
  const key = /'(.*)'/.exec(escrowed)?.[1] ?? '';
  expect(
    readFileSync(config, 'utf8').includes(`ENCRYPTION_KEY='${key}'`),
    'This is not the key of the config.',
  );

  shell.step('Everything is restored on a bare machine, with nothing but what can be remembered');
  say(`(typed: "${EASY_KEY}")`);
  const bucket = `s3://${BUCKET}`;
  await shell.succeeds(`encrypted-s3 restore --escrow default us-east-1 ${bucket} everything`, [EASY_KEY]);
  const restored = await shell.succeeds("find everything -type f -printf '.' | wc -c");
  expect(restored.trim() === `${source.files}`, `The folder has ${source.files} files.`);

  if (source.isSample) {
    shell.step('A disk that is not mounted leaves an empty folder: the run stops, and deletes nothing');
    await shell.succeeds(`mv ${folder} disk && mkdir ${folder}`);
    const stopped = await shell.run('encrypted-s3-sync');
    expect(stopped.code === 4, 'It was not refused.');
    await shell.succeeds(`rmdir ${folder} && mv disk ${folder}`);
    expect((await shell.succeeds(summary)) === listed, 'The bucket has changed.');
  }

  shell.step('A backup in which nothing changed says nothing');
  const output = await shell.succeeds('encrypted-s3-sync');
  expect(output === '', 'It said something.');

  shell.step('The bucket keeps the history, and says how fresh the backup is');
  await shell.succeeds(`encrypted-s3 list-versions default us-east-1 ${url}`);
  await shell.succeeds('encrypted-s3 status');
}
