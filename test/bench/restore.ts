// A restore of many files beside a bare `aws s3 cp --recursive`: the latest, and an older day.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compare, report } from './side-by-side.js';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
/** One in so many files is changed. */
const CHANGED = 100;

export interface BenchBucket {
  readonly name: string;
  readonly prefix: string;
  /** Holds the key. */
  readonly keyFile: string;
}

/** @param source backed up by `config` below the prefix of `bucket` */
export async function benchRestore(
  folder: string,
  source: string,
  config: string,
  bucket: BenchBucket,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  backUp(config, env);
  const to = join(folder, 'restored');
  const files = readdirSync(source, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  const url = `s3://${bucket.name}/${bucket.prefix}/`;
  const bare = `aws s3 cp --recursive --only-show-errors --sse-c AES256 --sse-c-key fileb://${bucket.keyFile} ${url} ${to}`;
  const ours = `${process.execPath} ${BIN}/encrypted-s3-download-dir.js --config ${config} ${to}`;
  const measure = (what: string, command: string) =>
    report(
      `${what} ${files.length} files: bare aws s3 cp`,
      compare(folder, [bare, command], env, 3, `rm -rf ${to}`),
    );
  measure('restore of', ours);
  const before = new Date().toISOString();
  // S3 tells times in whole seconds.
  await delay(1100);
  files.forEach((it, index) => {
    if (index % CHANGED === 0) writeFileSync(join(it.parentPath, it.name), `changed ${it.name}\n`);
  });
  backUp(config, env);
  measure(
    'restore of an older day, with 1 % changed, of',
    ours.replace('--config', `--at=${before} --config`),
  );
}

function backUp(config: string, env: NodeJS.ProcessEnv): void {
  const args = [join(BIN, 'encrypted-s3-sync.js'), config];
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the backup failed: ${stderr}`);
}
