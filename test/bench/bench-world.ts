// What the parts of the benchmark share: a folder, one S3 server, files to back up, and the commands.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KEY_URL } from '../../lib/aws/arguments/object-arguments.js';
import { syncArguments } from '../../lib/aws/arguments/upload-arguments.js';
import { type S3Server, startS3Server } from '../s3-server/server.js';

export const BIN = fileURLToPath(new URL('../../bin', import.meta.url));
export const BUCKET = 'bench-bucket';
export const KEY = 'Benchmark0Key1of2exactly3thirty2';
const STORAGE_CLASS = 'STANDARD_IA';

export interface ServerWorld {
  readonly server: S3Server;
  /** The environment with which an AWS CLI finds the server. */
  readonly env: NodeJS.ProcessEnv;
}

export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'esb-bench-'));
  readonly keyFile = join(this.folder, 'key');
  readonly env: NodeJS.ProcessEnv = { ...process.env, XDG_STATE_HOME: join(this.folder, 'state') };
  readonly #made = new Map<string, Promise<unknown>>();
  #server: S3Server | undefined;

  constructor() {
    writeFileSync(this.keyFile, KEY, { mode: 0o600 });
    // Node reads these certificates at each start, and nothing here needs them. Under cron, the variable is not set.
    delete this.env['NODE_EXTRA_CA_CERTS'];
  }

  /** Makes a thing that several parts need, when the first of them asks for it. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = this.#made.get(name) ?? make();
    this.#made.set(name, made);
    return made as Promise<T>;
  }

  /** The server, with the bucket. */
  server(): Promise<ServerWorld> {
    return this.once('server', async () => {
      const server = await startS3Server();
      this.#server = server;
      // The original has no setting for the endpoint, so `aws` gets it from the environment.
      const env = { ...this.env, ...server.environment };
      this.backUp(this.makeConfig(this.makeSource('anything', ['file']), 'anything'), env);
      return { server, env };
    });
  }

  /** Makes a source with files of 12 bytes. */
  makeSource(name: string, files: readonly string[]): string {
    const source = join(this.folder, name);
    mkdirSync(source);
    for (const [index, file] of files.entries()) {
      mkdirSync(dirname(join(source, file)), { recursive: true });
      writeFileSync(join(source, file), `${`${index}`.padStart(11, '0')}\n`);
    }
    return source;
  }

  makeConfig(source: string, prefix: string): string {
    const file = `${source}.config`;
    const lines = [
      'AWS_REGION=us-east-1',
      `AWS_BUCKET=${BUCKET}`,
      'AWS_RETENTION_DAYS=30',
      `LOCAL_DIR=${source}`,
      `LOCAL_LOCK=${source}.lock`,
      `REMOTE_DIR_PREFIX=${prefix}`,
      `ENCRYPTION_KEY=${KEY}`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    return file;
  }

  ours(config: string, ...flags: readonly string[]): string {
    return [process.execPath, join(BIN, 'encrypted-s3-sync.js'), ...flags, config].join(' ');
  }

  /** An `aws s3 sync` with our flags. @param prefix ends in a `/` */
  bareSync(source: string, prefix: string): string {
    const args = syncArguments(source, { bucket: BUCKET, prefix, storageClass: STORAGE_CLASS });
    return ['aws', ...args.map((it) => (it === KEY_URL ? `fileb://${this.keyFile}` : it))].join(' ');
  }

  backUp(config: string, env: NodeJS.ProcessEnv): void {
    run([process.execPath, join(BIN, 'encrypted-s3-sync.js'), config], env);
  }

  async close(): Promise<void> {
    await this.#server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The names of `count` files in a hundred folders. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `folder-${index % 100}/file-${index}`);
}

/** @throws {Error} if the command fails */
export function run([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.at(-1)} failed: ${stderr}`);
}

/** The original's sync script; without one, prints a message and returns `undefined`. */
export function originalSync(): string | undefined {
  const script = join(process.env['ORIGINAL'] ?? '/nowhere', 'encrypted-s3-sync');
  if (existsSync(script)) return script;
  console.log('Not measured beside the original: set ORIGINAL to a checkout of famzah/encrypted-s3-backup.');
  return undefined;
}
