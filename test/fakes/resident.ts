// The thinking part of a fake `aws`. A process for each call would cost more than the command under test; so the
// call's process is a small one, aws.pl, and what it answers is decided here, in the test's own process. What it was
// given is read from outside, in /proc, as anyone else on the machine could.
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../../../test/fakes/aws.pl', import.meta.url));

/** Thrown to end a call; `killed` without an exit code. */
export class Ended extends Error {
  readonly exitCode: number | undefined;

  constructor(exitCode: number | undefined) {
    super('the call has ended');
    this.exitCode = exitCode;
  }
}

/** @returns the exit code */
export type Answer = (call: FakeCall) => Promise<number>;

/** Answers the calls of one fake `aws` until it is closed. */
export class Resident {
  readonly #server: Server;
  readonly #socket: string;

  /** @param folder its socket is made there; whoever may enter it may call */
  constructor(folder: string, answer: Answer) {
    this.#socket = join(folder, 'aws.socket');
    this.#server = createServer((socket) => void serve(socket, answer));
    this.#server.listen(this.#socket).unref();
    chmodSync(this.#socket, 0o777);
  }

  /** The words of a shell command that is a call; arguments follow. */
  get command(): string {
    return `perl "${CLIENT}" "${this.#socket}"`;
  }

  /**
   * Makes a program of it: it starts sooner than a shell that starts it.
   * @param log the arguments of each call are added there, each ended by \x1f, and `END\x1f`
   */
  makeProgram(file: string, log = '/dev/null'): void {
    const note = `open my $log, '>>', '${log}'; syswrite $log, join "\\x1f", @ARGV, 'END', ''; close $log;`;
    writeFileSync(file, `#!/usr/bin/perl\n${note}\n@ARGV = ('${this.#socket}', @ARGV);\ndo '${CLIENT}';\n`);
    chmodSync(file, 0o755);
  }

  close(): void {
    this.#server.close();
  }
}

async function serve(socket: Socket, answer: Answer): Promise<void> {
  socket.on('error', () => undefined); // It has been killed.
  const [pid] = (await once(socket, 'data')) as [Buffer];
  try {
    const call = new FakeCall(socket, Number(pid.toString()));
    call.end(await answer(call));
  } catch (error) {
    if (error instanceof Ended && error.exitCode === undefined) return;
    if (error instanceof Ended) end(socket, error.exitCode ?? 0);
    else {
      order(socket, 'e', `fake aws: ${error instanceof Error ? error.stack : error}\n`);
      end(socket, 99);
    }
  }
}

function order(socket: Socket, what: 'o' | 'e' | 'i' | 's' | 'x', data: string | Buffer): void {
  const bytes = Buffer.from(data);
  const header = Buffer.from(`${what}0000`);
  header.writeUInt32BE(bytes.length, 1);
  socket.write(Buffer.concat([header, bytes]));
}

function end(socket: Socket, exitCode: number): void {
  order(socket, 'x', `${exitCode}`);
  socket.end();
}

/** One call of `aws`. */
export class FakeCall {
  readonly pid: number;
  /** Without the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly #socket: Socket;

  constructor(socket: Socket, pid: number) {
    this.#socket = socket;
    this.pid = pid;
    const strings = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').slice(0, -1);
    const [, script, ...args] = strings('cmdline');
    // After the socket, where it is an argument.
    this.argv = script === CLIENT ? args.slice(1) : args;
    this.environment = Object.fromEntries(
      strings('environ').map((it) => [it.slice(0, it.indexOf('=')), it.slice(it.indexOf('=') + 1)]),
    );
  }

  /** The process that called. */
  get parent(): number {
    const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(parent);
  }

  /** Whether the process is no more: there is nobody to go on for. */
  get isGone(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  /** Its descriptor 3, as a path. */
  get keyFile(): string {
    return `/proc/${this.pid}/fd/3`;
  }

  /** A path among the arguments, as the call's process understands it. */
  path(argument: string): string {
    const own = argument.replace(/^\/dev\/fd\//, `/proc/${this.pid}/fd/`);
    return resolve(readlinkSync(`/proc/${this.pid}/cwd`), own);
  }

  /** Makes the call's user the owner of what was made for it. */
  own(path: string): void {
    const { uid, gid } = statSync(`/proc/${this.pid}`);
    if (uid !== process.getuid?.()) chownSync(path, uid, gid);
  }

  print(text: string | Buffer): void {
    order(this.#socket, 'o', text);
  }

  complain(text: string): void {
    order(this.#socket, 'e', text);
  }

  /** Standard input, to its end. */
  async input(): Promise<string> {
    order(this.#socket, 'i', '');
    return this.#counted();
  }

  /** Signals are told from now on, and answered 0.3 s later by ending with this exit code. */
  onSignal(exitCode: number, told: (signal: string) => void): void {
    order(this.#socket, 's', `${exitCode}`);
    void this.#counted().then((name) => told(`SIG${name}`));
  }

  end(exitCode: number): void {
    end(this.#socket, exitCode);
  }

  /** A text that comes with its length before it. */
  async #counted(): Promise<string> {
    let bytes = Buffer.alloc(0);
    for (;;) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= 4 && bytes.length - 4 >= bytes.readUInt32BE(0)) return bytes.subarray(4).toString();
    }
  }
}
