// Every command that calls a server: its calls, and how it ends if the server refuses one of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { EASY_KEY, KEY, type Outcome } from '../fakes/sandbox.js';
import { EARLIER } from './rollback-world.js';
import { canSchedule, ScheduleWorld } from './schedule-world.js';
import type { Calls } from './server-answers.js';

/** A backup of two runs, with a deleted file, a file to delete, and one to send. */
export class ServerWorld extends ScheduleWorld {
  /** A time between the two runs, by the server's clock. */
  readonly between = new Date(Date.now() - 5 * 60_000).toISOString();
  #configs = 0;

  static async make(t: TestContext): Promise<ServerWorld> {
    const world = new ServerWorld(t);
    for (const path of ['a', 'deleted', 'gone']) world.write(path, path);
    assert.equal((await world.sync([], EARLIER)).code, 0);
    world.remove('deleted');
    assert.equal((await world.sync()).code, 0);
    world.remove('gone');
    world.write('b', 'b');
    return world;
  }

  get to(): string {
    return join(this.folder, 'to');
  }

  get now(): string {
    return new Date().toISOString();
  }

  /** The path of a config that does not exist. */
  get newConfig(): string {
    this.#configs += 1;
    return join(this.folder, `new-${this.#configs}.config`);
  }
}

/** The exit code; with a pattern of the message, if the command goes on and reports the refusal itself. */
type End = number | readonly [number, RegExp];

export interface Command {
  readonly args: (world: ServerWorld) => readonly string[];
  readonly input?: string;
  /** How the command ends, by the calls that are refused. If several are, the first one counts. */
  readonly ends: Readonly<Partial<Record<Calls, End>>>;
  /** If there is no bucket. By default, the command reports NoSuchBucket, with exit code 1. */
  readonly withoutBucket?: readonly [number, RegExp];
  /** Extracts the command's message and hints, unless they are on standard error. */
  readonly said?: (outcome: Outcome) => Said;
  readonly run?: (world: ServerWorld) => Promise<Outcome>;
}

export interface Said {
  readonly words: string;
  readonly hints: readonly string[];
}

const PLACE = ['default', 'eu-central-1'];
const FILE = [...PLACE, 's3://test-bucket/pc/docs/a'];
const WOULD_NOT_DELETE = /Would not delete 1 object .*GetBucketVersioning.* needs s3:GetBucketVersioning/;
const NOT_DELETING = /Not deleting 1 object .*GetBucketVersioning.* needs s3:GetBucketVersioning/;

const DELETED =
  /WARNING: The bucket "test-bucket" existed at the last run and has been deleted, with all its contents\. Creating it again\./;
const NO_BUCKET = /ERROR: Download failed: there is no bucket "test-bucket"\.\nHINT: Check its name, and/;

export const COMMANDS: readonly Command[] = [
  {
    args: (it) => ['sync', it.configFile],
    withoutBucket: [0, DELETED],
    ends: { creation: 1, reads: 1, listing: 1, uploads: 1, settings: [3, NOT_DELETING], deletions: 3 },
  },
  {
    args: (it) => ['sync', '--dry-run', it.configFile],
    withoutBucket: [0, /^\(dryrun\) create the bucket test-bucket$/m],
    ends: { reads: 1, listing: 1, settings: [3, WOULD_NOT_DELETE] },
  },
  {
    args: () => ['upload-key'],
    input: `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`,
    withoutBucket: [0, /WARNING: The bucket "test-bucket" does not exist\. Creating it: /],
    ends: {
      creation: 1,
      listing: 1,
      uploads: 1,
      reads: 1,
      deletions: [0, /WARNING: The test object .* be removed: /],
    },
  },
  {
    args: () => ['download-key', ...PLACE, 'test-bucket'],
    input: `${EASY_KEY}\n`,
    withoutBucket: [1, NO_BUCKET],
    ends: { reads: 1 },
  },
  {
    args: (it) => ['download-file', ...FILE, it.to],
    input: `${KEY}\n`,
    withoutBucket: [1, NO_BUCKET],
    ends: { reads: 1 },
  },
  {
    args: (it) => ['download-file', `--at=${it.now}`, ...FILE, it.to],
    input: `${KEY}\n`,
    ends: { versions: 1, reads: 1 },
  },
  { args: (it) => ['download-dir', ...config(it), it.to], ends: { listing: 1, reads: 1 } },
  {
    args: (it) => ['download-dir', `--at=${it.now}`, ...config(it), it.to],
    ends: { versions: 1, reads: 1 },
  },
  { args: () => ['list-versions', ...FILE], ends: { versions: 1 } },
  { args: (it) => ['undelete', '--dry-run', it.configFile], ends: { versions: 1 } },
  { args: (it) => ['undelete', it.configFile], ends: { versions: 1, deletions: 1 } },
  {
    args: (it) => ['status', it.configFile],
    withoutBucket: [3, /s3:\/\/test-bucket\/pc\/docs\/: the bucket does not exist/],
    ends: { reads: 1, listing: 1 },
  },
  { args: () => ['status', '--bucket', ...PLACE, 'test-bucket'], ends: { listing: 1 } },
  { args: (it) => ['runs', ...config(it)], ends: { reads: 1, versions: 1 } },
  { args: (it) => ['ls', ...config(it)], ends: { reads: 1, versions: 1 } },
  { args: (it) => ['find', ...config(it), 'a'], ends: { reads: 1, versions: 1 } },
  { args: (it) => ['diff', ...config(it), it.now], ends: { reads: 1, versions: 1 } },
  {
    args: (it) => ['rollback', '--dry-run', `--at=${it.between}`, it.configFile],
    ends: { settings: 1, versions: 1, reads: 1 },
  },
  {
    args: (it) => ['rollback', '--yes', `--at=${it.between}`, it.configFile],
    ends: { settings: 1, versions: 1, reads: 1, deletions: 1 },
  },
  { args: (it) => ['restore', ...config(it), it.to], ends: { listing: 1, reads: 1 } },
  { args: (it) => ['restore', ...config(it), 'a', it.to], ends: { reads: 1 } },
  {
    args: (it) => ['restore', '--escrow', ...PLACE, 's3://test-bucket', it.to],
    input: `${EASY_KEY}\n`,
    ends: { listing: 1, reads: 1 },
  },
  {
    args: (it) => ['doctor', '--json', it.configFile],
    withoutBucket: [
      1,
      /"check":"bucket","state":"warning","text":"there is no \\"test-bucket\\" yet: the first run creates it/,
    ],
    ends: {
      listing: 2,
      uploads: 2,
      reads: 2,
      settings: [1, /"versioning","state":"not checked","text":"the profile's user may not read it/],
      deletions: [1, /"rights","state":"ok","text":"these credentials can remove no older versions/],
    },
    said: firstFailure,
  },
  // The run that `schedule` starts reports the refusal.
  {
    args: (it) => ['schedule', it.configFile],
    withoutBucket: [0, /^Wrote /m],
    ends: { creation: 1, reads: 1, listing: 1, uploads: 1, settings: [3, NOT_DELETING], deletions: 3 },
    run: (it) => it.scheduleAndRun(),
  },
  // `init` checks the bucket, stores the escrow, makes the first run, and compares a file.
  {
    args: (it) => ['init', '--yes', it.newConfig, ...newBackup(it)],
    input: 'seven green boats sing at night\n',
    withoutBucket: [0, /The bucket "test-bucket" does not exist yet\./],
    ends: { creation: 1, listing: 1, uploads: 1, reads: 1 },
  },
  {
    args: (it) => ['init', '--yes', '--skip', 'escrow', '--config', it.configFile],
    withoutBucket: [0, /The bucket "test-bucket" was made\./],
    ends: { creation: 1, listing: 1, reads: 1, settings: [0, /may not read the bucket's versioning/] },
  },
];

function config(world: ServerWorld): readonly string[] {
  return ['--config', world.configFile];
}

function newBackup({ source, now }: ServerWorld): readonly string[] {
  const prefix = now.replaceAll(/\W/g, '-');
  return ['--bucket', 'test-bucket', '--region', 'eu-central-1', '--directory', source, '--prefix', prefix];
}

/** The first failed finding of doctor, with its remedy. */
function firstFailure({ stdout }: Outcome): Said {
  interface Finding {
    readonly check: string;
    readonly state: string;
    readonly text: string;
    readonly remedy?: string;
  }
  const all = (JSON.parse(stdout) as { readonly findings: readonly Finding[] }).findings;
  const failed = all.find(({ state }) => state === 'failed');
  return {
    words: `${failed?.check}: ${failed?.text}`,
    hints: failed?.remedy === undefined ? [] : [failed.remedy],
  };
}

/** Runs a command. */
export function runOf(
  { run, input = '' }: Command,
  world: ServerWorld,
  words: readonly string[],
): Promise<Outcome> {
  return run === undefined ? world.runUnprivileged('encrypted-s3', words, { input }) : run(world);
}

/** The commands, except those that can't run on this machine. */
export function commandsFor(): readonly Command[] {
  return COMMANDS.filter(({ run }) => run === undefined || canSchedule);
}

/** The commands that make one of these calls. */
export function commandsRefused(to: readonly Calls[]): readonly (Command & { readonly end: End })[] {
  return commandsFor().flatMap((command) => {
    const end = Object.entries(command.ends).find(([call]) => to.includes(call as Calls))?.[1];
    return end === undefined ? [] : [{ ...command, end }];
  });
}
