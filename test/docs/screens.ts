// The screens in the docs: `npm run docs:screens` backs up a folder to a real S3 server several times, runs commands on a
// terminal, and writes their output between the markers `<!-- screen NAME -->` and `<!-- /screen -->`.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { linkAwsClis } from '../s3-server/aws-clis.js';
import { type S3Server, startS3Server } from '../s3-server/server.js';
import { PROJECT } from './audit.js';

const PROGRAM = fileURLToPath(new URL('../../bin/encrypted-s3.js', import.meta.url));
/** The home folder in the screens. */
const HOME = '/home/user32';
/** The changes before each backup; `undefined` removes a file. */
const HISTORY: readonly Readonly<Record<string, string | undefined>>[] = [
  {
    'letters/anna.txt': 'Dear Anna\n',
    'letters/Frau Müller.txt': 'Sehr geehrte Frau Müller\n',
    'notes.txt': 'buy milk\n',
    'photos/beach.jpg': 'x'.repeat(3_000_000),
    'photos/mountain.jpg': 'x'.repeat(2_000_000),
  },
  { 'letters/Frau Müller.txt': 'Sehr geehrte Frau Müller, danke!\n', 'letters/draft 2.txt': 'Dear\n' },
  {},
  { 'letters/anna.txt': undefined, 'notes.txt': 'buy bread\n', 'photos/city.jpg': 'x'.repeat(4_000_000) },
];

class Screens {
  readonly #folder = mkdtempSync(join(tmpdir(), 'screens-'));
  readonly #home = join(this.#folder, HOME);
  readonly #documents = join(this.#home, 'documents');
  readonly #environment: NodeJS.ProcessEnv;
  #changed = Date.parse('2026-11-02T09:00:00Z') / 1000;

  constructor(server: S3Server, aws: string) {
    const [bin, config] = [join(this.#folder, 'bin'), join(this.#home, '.config/encrypted-s3-backup')];
    for (const folder of [bin, config, this.#documents]) mkdirSync(folder, { recursive: true });
    chmodSync(PROGRAM, 0o755);
    symlinkSync(PROGRAM, join(bin, 'encrypted-s3'));
    this.#environment = {
      ...server.environment,
      HOME: this.#home,
      PATH: [bin, aws, process.env['PATH']].join(':'),
      TZ: 'Europe/Berlin',
      TERM: 'xterm',
      SHELL: '/bin/sh',
      LC_ALL: 'C.UTF-8',
    };
    const settings = {
      AWS_REGION: 'us-east-1',
      AWS_BUCKET: 'example-bucket-f9kgixb',
      AWS_RETENTION_DAYS: '30',
      AWS_ENDPOINT_URL: server.endpoint,
      LOCAL_DIR: this.#documents,
      LOCAL_LOCK: join(this.#home, '.example-s3-backup.lock'),
      REMOTE_DIR_PREFIX: 'workstation1/documents',
      HOST_ID: 'workstation1',
      ENCRYPTION_KEY: '2TilZUVi0XN99QjBSpdRCKC8xDtLoUsy',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(config, 'config'), lines.join(''), { mode: 0o600 });
  }

  change(files: Readonly<Record<string, string | undefined>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#documents, path);
      if (content === undefined) rmSync(file);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        utimesSync(file, this.#changed, this.#changed);
        this.#changed += 86_400;
      }
    }
  }

  /** The final screen of a command on a terminal. @throws {Error} if it fails */
  show(command: string): string {
    const onTerminal = `stty cols 120; exec ${command}`;
    const { stdout, status } = spawnSync('script', ['-qec', onTerminal, '/dev/null'], {
      env: this.#environment,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${command}: ${stdout}`);
    const lines = stdout
      .replaceAll('\r\n', '\n')
      .split('\n')
      .map((line) => line.split('\r\x1b[K').at(-1));
    return lines.join('\n').replaceAll(this.#home, HOME);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The pages with the commands of their screens. @param since a time after the first run */
function pages(since: string): Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> {
  return {
    'docs/looking-into-a-backup.md': {
      runs: ['encrypted-s3 runs'],
      find: ['encrypted-s3 find anna', 'encrypted-s3 find --all anna', "encrypted-s3 find --all '*müller*'"],
      ls: ['encrypted-s3 ls --long letters', `encrypted-s3 ls --at '${since}' letters`],
      diff: [`encrypted-s3 diff '${since}'`, `encrypted-s3 diff --stat '${since}'`],
    },
    'docs/scheduling.md': { status: ['encrypted-s3 status'] },
  };
}

/** Replaces a screen in a page. @throws {Error} if the page has no markers of that name */
function withScreen(page: string, name: string, screen: string): string {
  const begin = `<!-- screen ${name} -->\n`;
  const [from, to] = [page.indexOf(begin), page.indexOf('<!-- /screen -->', page.indexOf(begin))];
  if (from === -1 || to === -1) throw new Error(`there is no screen ${name}`);
  return `${page.slice(0, from)}${begin}\`\`\`\n${screen}\`\`\`\n${page.slice(to)}`;
}

const server = await startS3Server();
try {
  const aws = (await linkAwsClis(server.directory)).at(-1);
  if (aws === undefined) throw new Error('there is no AWS CLI');
  const screens = new Screens(server, aws.directory);
  try {
    let since = '';
    for (const files of HISTORY) {
      screens.change(files);
      screens.show('encrypted-s3 sync');
      // S3 reports times in whole seconds.
      await wait(1100);
      if (since === '') {
        since = new Date().toLocaleString('sv', { timeZone: 'Europe/Berlin' });
        await wait(1100);
      }
    }
    for (const [file, commands] of Object.entries(pages(since))) {
      let page = readFileSync(join(PROJECT, file), 'utf8');
      for (const [name, lines] of Object.entries(commands))
        page = withScreen(page, name, lines.map((line) => `$ ${line}\n${screens.show(line)}`).join(''));
      writeFileSync(join(PROJECT, file), page);
    }
  } finally {
    screens.remove();
  }
} finally {
  await server.stop();
}
