// A fake `aws` that plays the replies of a scenario, notes every call, checks what it is given, and fails on any
// call that was not expected.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Probes } from './probe.js';
import { type FakeCall, Resident } from './resident.js';
import type { Call, Reply } from './scenario.js';

/** What every first run asks. */
const BUCKET_WITH_HISTORY: Reply = {
  args: ['get-bucket-versioning'],
  stdout: 'Enabled\n',
  optional: true,
};

/** To a backup without a record, unless a scenario says otherwise. */
const NO_OTHER_BACKUPS: Reply = {
  args: ['list-objects-v2', '--prefix=backup.info/runs/'],
  stdout: 'null\n',
  optional: true,
};

export class ScriptedAws {
  readonly resident: Resident;
  readonly #secrets: readonly string[];
  #replies: readonly Reply[] = [];
  /** How often each was given. */
  #given: number[] = [];
  #calls: Call[] = [];
  readonly #probes = new Probes();
  readonly signals: string[] = [];

  /**
   * @param folder where its socket is made
   * @param secrets must appear neither in argv nor in the environment
   */
  constructor(folder: string, secrets: readonly string[]) {
    this.#secrets = secrets;
    this.resident = new Resident(folder, (call) => this.#answer(call));
  }

  /** The calls to come. Ends the previous scenario. */
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
    const reply = probe ?? this.#claim(call.argv);
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
      call.complain(`fake aws: ${problems.join('; ')}: ${JSON.stringify(call.argv)}\n`);
      return 99;
    }
    if (reply.onSignal !== undefined) call.onSignal(reply.onSignal, (signal) => this.signals.push(signal));
    if (reply.writesFile !== undefined) {
      const { argv } = call;
      const file = argv.includes('get-object') ? argv.at(-1) : argv[argv.indexOf('cp') + 2];
      appendFileSync(call.path(file ?? ''), reply.writesFile);
    }
    // It prints at the end: to a command that has been killed meanwhile, it can't.
    if (reply.delay) await sleep(reply.delay);
    call.complain(reply.stderr ?? '');
    call.print(reply.stdout ?? '');
    return reply.exitCode ?? 0;
  }

  /** The first reply that fits: each is given once, or `times` times. */
  #claim(argv: readonly string[]): Reply | undefined {
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
