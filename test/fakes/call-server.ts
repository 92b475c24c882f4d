// Answers the calls of a fake `aws` in the test's own process. A Node.js process for each call would cost more than the
// command under test, so the call's process is a small Perl script, aws.pl. Its arguments and environment are read from
// /proc, as others on the machine can read them.
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../../../test/fakes/aws.pl', import.meta.url));

/** Thrown to end a call. Without an exit code, its process has been killed. */
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
export class CallServer {
  readonly #server: Server;
  readonly #socket: string;

  /** @param folder for the socket; whoever may enter the folder may call */
  constructor(folder: string, answer: Answer) {
    this.#socket = join(folder, 'aws.socket');
    this.#server = createServer((socket) => void serve(socket, answer));
    this.#server.listen(this.#socket).unref();
    chmodSync(this.#socket, 0o777);
  }

  /** The beginning of a shell command that makes a call; the arguments of the call follow. */
  get command(): string {
    return `perl "${CLIENT}" "${this.#socket}"`;
  }

  /**
   * Writes a program that makes a call, without a shell.
   * @param log gets the arguments of each call, each followed by \x1f, and `END\x1f`
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
  socket.on('error', () => undefined); // The call's process was killed.
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
  /** The arguments, without the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly #socket: Socket;

  constructor(socket: Socket, pid: number) {
    this.#socket = socket;
    this.pid = pid;
    const strings = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0').slice(0, -1);
    const [, script, ...args] = strings('cmdline');
    // A call by `command` has the socket as its first argument.
    this.argv = script === CLIENT ? args.slice(1) : args;
    this.environment = Object.fromEntries(
      strings('environ').map((it) => [it.slice(0, it.indexOf('=')), it.slice(it.indexOf('=') + 1)]),
    );
  }

  /** The process id of the command that called `aws`. */
  get parent(): number {
    const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(parent);
  }

  /** Whether the call's process has ended. */
  get isGone(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  /** The path of the call's descriptor 3. */
  get keyFile(): string {
    return `/proc/${this.pid}/fd/3`;
  }

  /** Resolves a path among the arguments as the call's process does. */
  path(argument: string): string {
    const own = argument.replace(/^\/dev\/fd\//, `/proc/${this.pid}/fd/`);
    return resolve(readlinkSync(`/proc/${this.pid}/cwd`), own);
  }

  /** Gives a path that was made for the call to the call's user. */
  giveToUser(path: string): void {
    const { uid, gid } = statSync(`/proc/${this.pid}`);
    if (uid !== process.getuid?.()) chownSync(path, uid, gid);
  }

  print(text: string | Buffer): void {
    order(this.#socket, 'o', text);
  }

  printError(text: string): void {
    order(this.#socket, 'e', text);
  }

  /** Reads standard input to its end. */
  async input(): Promise<string> {
    order(this.#socket, 'i', '');
    return this.#readText();
  }

  /** From now on, reports a signal, and ends the call 0.3 s later with this exit code. */
  onSignal(exitCode: number, report: (signal: string) => void): void {
    order(this.#socket, 's', `${exitCode}`);
    void this.#readText().then((name) => report(`SIG${name}`));
  }

  end(exitCode: number): void {
    end(this.#socket, exitCode);
  }

  /** Reads a text that follows its length. */
  async #readText(): Promise<string> {
    let bytes = Buffer.alloc(0);
    for (;;) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= 4 && bytes.length - 4 >= bytes.readUInt32BE(0)) return bytes.subarray(4).toString();
    }
  }
}
