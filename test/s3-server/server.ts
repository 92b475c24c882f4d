import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, writeClientFiles } from './client-environment.js';
import { freePorts, startCluster } from './cluster.js';
import { isInstalled, Processes } from './processes.js';

/** A running S3 server (Ceph RGW) that enforces SSE-C, on loopback ports. */
export interface S3Server {
  /** `https://127.0.0.1:PORT`, with a certificate that only `caBundle` certifies. */
  readonly endpoint: string;
  /** `http://127.0.0.1:PORT`. */
  readonly plainEndpoint: string;
  readonly caBundle: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Holds everything that the server writes. `stop` removes it. */
  readonly directory: string;
  /** The variables with which an AWS CLI finds the server; the profiles are described in client-environment.ts. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

const programs = 'ceph ceph-mon ceph-osd monmaptool openssl radosgw radosgw-admin setpriv'.split(' ');

/** Milliseconds. A start takes two seconds, and much longer on a loaded machine with cold caches. */
const startTimeout = 120_000;

/** The names of the executables that the server needs and that are not installed. */
export function missingServerPrograms(): string[] {
  return programs.filter((program) => !isInstalled(program));
}

/**
 * Starts a server of its own on free ports, as root or as an ordinary user. However this
 * process ends, `stop` called or not, the server ends and its directory is removed.
 */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 's3-server-'));
  const removeDirectory = directoryRemover(directory);
  const processes = new Processes(directory);
  const timer = setTimeout(() => {
    processes.fail(new Error(`The S3 server was not up after ${startTimeout / 1000} seconds.`));
  }, startTimeout);
  async function stop(): Promise<void> {
    clearTimeout(timer);
    await processes.stop();
    await removeDirectory();
  }
  try {
    const ports = await freePorts();
    const accounts = { main: newAccount('main'), other: newAccount('other') };
    await startCluster(processes, directory, ports, accounts);
    clearTimeout(timer);
    processes.failed.addEventListener('abort', () =>
      console.error('S3 server:', processes.failed.reason.message),
    );
    const endpoint = `https://127.0.0.1:${ports.tls}`;
    const caBundle = join(directory, 'certificate.pem');
    return {
      endpoint,
      plainEndpoint: `http://127.0.0.1:${ports.plain}`,
      caBundle,
      accessKeyId: accounts.main.accessKeyId,
      secretAccessKey: accounts.main.secretAccessKey,
      directory,
      environment: await writeClientFiles(directory, endpoint, caBundle, accounts),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function newAccount(name: string): Account {
  return {
    name,
    accessKeyId: randomBytes(10).toString('hex').toUpperCase(),
    secretAccessKey: randomBytes(20).toString('hex'),
  };
}

/**
 * Starts a shell that removes the directory when this process calls the returned function or
 * ends, even by SIGKILL.
 */
function directoryRemover(directory: string): () => Promise<void> {
  const script = 'cat >/dev/null; for attempt in 1 2 3 4 5; do rm -rf -- "$1" && break; sleep 0.2; done';
  const shell = spawn('sh', ['-c', script, 'sh', directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const end = once(shell, 'exit');
  return async () => {
    shell.stdin.end();
    await end;
  };
}
