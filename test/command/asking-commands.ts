// Every command that asks a server: the calls it makes, and what it ends with if one of them is refused.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { EASY_KEY, KEY, type Outcome } from '../fakes/sandbox.js';
import { EARLIER } from './rollback-world.js';
import { canSchedule, ScheduleWorld } from './schedule-world.js';
import type { Calls } from './server-answers.js';

/** A backup of two runs, with a deleted file, a file to delete, and one to send. */
export class AskingWorld extends ScheduleWorld {
  /** Between the two runs, by the server's clock. */
  readonly between = new Date(Date.now() - 5 * 60_000).toISOString();
  #configs = 0;

  static async make(t: TestContext): Promise<AskingWorld> {
    const world = new AskingWorld(t);
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

  /** A file that is not there. */
  get newConfig(): string {
    this.#configs += 1;
    return join(this.folder, `new-${this.#configs}.config`);
  }
}

/** The exit code; and, if the command goes on and says it in its own words, these. */
type End = number | readonly [number, RegExp];

export interface Command {
  readonly args: (world: AskingWorld) => readonly string[];
  readonly input?: string;
  /** By the calls that are refused; if several are, the first one counts. */
  readonly ends: Readonly<Partial<Record<Calls, End>>>;
  /** Where it is not on standard error, what the command says, and the hints. */
  readonly said?: (outcome: Outcome) => Said;
  readonly run?: (world: AskingWorld) => Promise<Outcome>;
}

export interface Said {
  readonly words: string;
  readonly hints: readonly string[];
}

const PLACE = ['default', 'eu-central-1'];
const FILE = [...PLACE, 's3://test-bucket/pc/docs/a'];
const WOULD_NOT_TELL = /Would not delete 1 object .*GetBucketVersioning.* needs s3:GetBucketVersioning/;
const CAN_NOT_TELL = /Not deleting 1 object .*GetBucketVersioning.* needs s3:GetBucketVersioning/;

export const COMMANDS: readonly Command[] = [
  {
    args: (it) => ['sync', it.configFile],
    ends: { reads: 1, listing: 1, uploads: 1, settings: [3, CAN_NOT_TELL], deletions: 3 },
  },
  {
    args: (it) => ['sync', '--dry-run', it.configFile],
    ends: { reads: 1, listing: 1, settings: [3, WOULD_NOT_TELL] },
  },
  {
    args: () => ['upload-key'],
    input: `\n\neu-central-1\ntest-bucket\n${KEY}\n${EASY_KEY}\n\nyes\n`,
    ends: {
      listing: 1,
      uploads: 1,
      reads: 1,
      deletions: [0, /WARNING: The test object .* be removed: /],
    },
  },
  {
    args: () => ['download-key', ...PLACE, 'test-bucket'],
    input: `${EASY_KEY}\n`,
    ends: { reads: 1 },
  },
  { args: (it) => ['download-file', ...FILE, it.to], input: `${KEY}\n`, ends: { reads: 1 } },
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
  { args: (it) => ['status', it.configFile], ends: { reads: 1, listing: 1 } },
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
    ends: {
      listing: 2,
      uploads: 2,
      reads: 2,
      settings: [1, /"versioning","state":"not checked","text":"the profile's user may not read it/],
      deletions: [1, /"rights","state":"ok","text":"these credentials can remove no older versions/],
    },
    said: findings,
  },
  // With schedule, the run of it says what there is to say.
  {
    args: (it) => ['schedule', it.configFile],
    ends: { reads: 1, listing: 1, uploads: 1, settings: [3, CAN_NOT_TELL], deletions: 3 },
    run: (it) => it.scheduleAndRun(),
  },
  // The steps of init: a look at the bucket, the escrow, the first run, a file that is compared.
  {
    args: (it) => ['init', '--yes', it.newConfig, ...newBackup(it)],
    input: 'seven green boats sing at night\n',
    ends: { listing: 1, uploads: 1, reads: 1 },
  },
  {
    args: (it) => ['init', '--yes', '--skip', 'escrow', '--config', it.configFile],
    ends: { listing: 1, reads: 1, settings: [0, /may not read the bucket's versioning/] },
  },
];

function config(world: AskingWorld): readonly string[] {
  return ['--config', world.configFile];
}

function newBackup({ source, now }: AskingWorld): readonly string[] {
  const prefix = now.replaceAll(/\W/g, '-');
  return ['--bucket', 'test-bucket', '--region', 'eu-central-1', '--directory', source, '--prefix', prefix];
}

/** What doctor finds first; each of its checks that fails says it. */
function findings({ stdout }: Outcome): Said {
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

/** Without those that can't be tried here. */
export function commandsFor(to: readonly Calls[]): readonly (Command & { readonly end: End })[] {
  return COMMANDS.flatMap((command) => {
    const end = Object.entries(command.ends).find(([call]) => to.includes(call as Calls))?.[1];
    return end === undefined || (command.run !== undefined && !canSchedule) ? [] : [{ ...command, end }];
  });
}
