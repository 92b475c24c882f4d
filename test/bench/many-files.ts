// 50,000 files, backed up by this program and by others. BENCH_FILES sets another number of files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../s3-server/processes.js';
import { type Bench, BUCKET, KEY, numbered, run, type ServerWorld } from './bench-world.js';

const COUNT = Number(process.env['BENCH_FILES'] ?? 50_000);
const CHANGED = 10;

export interface ManyFiles {
  readonly what: string;
  readonly env: NodeJS.ProcessEnv;
  readonly config: string;
  /** A command that changes ten files, always the same ones, so that each program finds ten changed files in its turn. */
  readonly change: string;
  readonly bare: string;
  /** `undefined`: it is not installed. */
  readonly restic: string | undefined;
  readonly rclone: string | undefined;
}

/** Makes the files and backs them up with each program, below a prefix of its own. */
export function manyFiles(bench: Bench): Promise<ManyFiles> {
  return bench.once('many files', async () => {
    const world = await bench.server();
    const names = numbered(COUNT);
    const source = bench.makeSource('many', names);
    const config = bench.makeConfig(source, 'many');
    const bare = bench.bareSync(source, 'bare/');
    const rclone = rcloneCommand(source, `${BUCKET}/bare`, world);
    const restic = resticCommand(bench.folder, source, world);
    bench.backUp(config, world.env);
    run((rclone ?? bare).split(' '), world.env);
    if (restic !== undefined) {
      run([...restic, 'init'], world.env);
      run([...restic, 'backup', source], world.env);
    }
    return {
      what: `${COUNT} files`,
      env: world.env,
      config,
      change: makeChange(bench.folder, source, names.slice(0, CHANGED)),
      bare,
      restic: restic && [...restic, 'backup', source].join(' '),
      rclone,
    };
  });
}

function makeChange(folder: string, source: string, names: readonly string[]): string {
  const script = join(folder, 'change.sh');
  writeFileSync(script, names.map((name) => `date +%s%N | tail -c 12 > ${join(source, name)}\n`).join(''));
  return `sh ${script}`;
}

/** The words of restic's command. It stores new data in packs, encrypted by its own key. */
function resticCommand(folder: string, source: string, { server }: ServerWorld): string[] | undefined {
  if (!isInstalled('restic')) return undefined;
  const variables = {
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    RESTIC_REPOSITORY: `s3:${server.endpoint}/${BUCKET}/restic`,
    RESTIC_PASSWORD: KEY,
    RESTIC_CACHE_DIR: join(folder, `${source}.restic`),
  };
  return [...withVariables(variables), 'restic', '--cacert', server.caBundle];
}

/** rclone compares sizes and times by the listing, like `aws s3 sync`. */
function rcloneCommand(source: string, target: string, { server }: ServerWorld): string | undefined {
  if (!isInstalled('rclone')) return undefined;
  const variables = {
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Ceph',
    RCLONE_CONFIG_BENCH_ENDPOINT: server.endpoint,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: server.accessKeyId,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: server.secretAccessKey,
    RCLONE_CONFIG_BENCH_SSE_CUSTOMER_ALGORITHM: 'AES256',
    RCLONE_CONFIG_BENCH_SSE_CUSTOMER_KEY: KEY,
  };
  const flags = `--ca-cert ${server.caBundle} --fast-list --update --use-server-modtime --transfers 32`;
  return [...withVariables(variables), 'rclone', 'sync', source, `bench:${target}`, flags].join(' ');
}

function withVariables(variables: Readonly<Record<string, string>>): string[] {
  // rclone fails if the AWS CLI's variable for certificates is set.
  return [
    'env',
    '--unset=AWS_CA_BUNDLE',
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ];
}
