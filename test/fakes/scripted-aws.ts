// A fake `aws` that plays the replies of a scenario, checks and notes every call, and fails on a call that is not
// expected.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallServer, type FakeCall } from './call-server.js';
import { Probes } from './probes.js';
import type { Call, Reply } from './scenario.js';

/** Every first run asks for the versioning. */
const BUCKET_WITH_HISTORY: Reply = {
  args: ['get-bucket-versioning'],
  stdout: 'Enabled\n',
  optional: true,
};

/** A run of a backup without a record lists the other backups in the bucket. */
const NO_OTHER_BACKUPS: Reply = {
  args: ['list-objects-v2', '--prefix=backup.info/runs/'],
  stdout: 'null\n',
  optional: true,
};

export class ScriptedAws {
  readonly callServer: CallServer;
  readonly #secrets: readonly string[];
  #replies: readonly Reply[] = [];
  /** How often each reply was given. */
  #given: number[] = [];
  #calls: Call[] = [];
  readonly #probes = new Probes();
  readonly signals: string[] = [];

  /**
   * @param folder for the socket
   * @param secrets that must appear in no call's arguments or environment
   */
  constructor(folder: string, secrets: readonly string[]) {
    this.#secrets = secrets;
    this.callServer = new CallServer(folder, (call) => this.#answer(call));
  }

  /** Sets the scenario in place of the previous one. */
  expect(replies: readonly Reply[]): void {
    this.#replies = [...replies, BUCKET_WITH_HISTORY, NO_OTHER_BACKUPS];
    this.#given = this.#replies.map(() => 0);
    this.#calls = [];
  }

  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** The replies whose calls did not come. */
  missing(): Reply[] {
    return this.#replies.filter((reply, index) => !reply.optional && this.#given[index] === 0);
  }

  async #answer(call: FakeCall): Promise<number> {
    const usesKey = call.argv.includes('fileb:///dev/fd/3');
    const key = usesKey ? sha256(readFileSync(call.keyFile)) : null;
    const probe = await this.#probes.reply(call, key);
    const reply = probe ?? this.#takeReply(call.argv);
    const problems = [
      ...this.#leaks(call),
      ...(usesKey ? keyProblems(call.keyFile) : []),
      ...(reply ? [] : ['unexpected call']),
    ];
    this.#calls.push({
      argv: call.argv,
      key,
      input: reply?.readsInput ? await call.input() : null,
      environment: call.environment,
      problems,
    });
    if (reply === undefined || problems.length > 0) {
      call.printError(`fake aws: ${problems.join('; ')}: ${JSON.stringify(call.argv)}\n`);
      return 99;
    }
    if (reply.onSignal !== undefined) call.onSignal(reply.onSignal, (signal) => this.signals.push(signal));
    if (reply.writesFile !== undefined) {
      const { argv } = call;
      const file = argv.includes('get-object') ? argv.at(-1) : argv[argv.indexOf('cp') + 2];
      appendFileSync(call.path(file ?? ''), reply.writesFile);
    }
    // The output comes last: a command that was killed meanwhile does not get it.
    if (reply.delay) await sleep(reply.delay);
    call.printError(reply.stderr ?? '');
    call.print(reply.stdout ?? '');
    return reply.exitCode ?? 0;
  }

  /** Finds the first unused reply that fits the arguments, and counts it as given. */
  #takeReply(argv: readonly string[]): Reply | undefined {
    const index = this.#replies.findIndex(
      ({ args, times = 1 }, at) =>
        (this.#given[at] ?? 0) < times && args.every((argument) => argv.includes(argument)),
    );
    this.#given[index] = (this.#given[index] ?? 0) + 1;
    return this.#replies[index];
  }

  #leaks({ argv, environment }: FakeCall): string[] {
    return this.#secrets.flatMap((secret) => [
      ...(argv.some((it) => it.includes(secret)) ? ['a secret in argv'] : []),
      ...(Object.values(environment).some((it) => it?.includes(secret))
        ? ['a secret in the environment']
        : []),
    ]);
  }
}

function keyProblems(keyFile: string): string[] {
  const { size, mode, nlink } = statSync(keyFile);
  const path = readlinkSync(keyFile);
  return [
    ...(size === 32 ? [] : [`the key file has ${size} bytes`]),
    ...((mode & 0o777) === 0o600 ? [] : ['the key file is not 0600']),
    ...(nlink === 0 && path.endsWith('(deleted)') ? [] : ['the key file has a name']),
    ...(/^\/(dev\/shm|run)\//.test(path) ? [] : [`the key file is not in memory: ${path}`]),
  ];
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
