import { lstatSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { Incomplete } from '../../../lib/cli/log/incomplete.js';
import type { Log } from '../../../lib/cli/log/log.js';
import { Interruption } from '../../../lib/cli/signals/interruption.js';
import { Destination } from '../../../lib/restore/destination/destination.js';
import type { FoldedNames } from '../../../lib/restore/destination/folded-names.js';
import { HeldFolder } from '../../../lib/restore/destination/held-folder.js';
import { Stage } from '../../../lib/restore/destination/stage.js';
import { Metadata } from '../../../lib/restore/metadata/metadata.js';
import { ownersOf } from '../../../lib/restore/metadata/owners.js';
import type { FetchMethod, PlannedFile } from '../../../lib/restore/plan/planned-file.js';
import { putInPlace, type Restored } from '../../../lib/restore/put-in-place.js';
import { bytesOf } from '../../../lib/tree/bytes.js';
import type { Entry } from '../../../lib/tree/entry.js';
import { spoolOf, temporaryFolder } from './pieces.js';

/** The time at which objects were stored (ms since the epoch). */
export const STORED = 1_500_000_000_000;

class NotingMetadata extends Metadata {
  constructor() {
    super({ keepsSetid: false, onAclFailure: () => undefined, replacesAcls: false, owners: ownersOf(false) });
  }

  /** The keys in the order in which they got their metadata. */
  readonly given: string[] = [];

  override apply(path: string | Buffer, it: Entry): void {
    this.given.push(it.key);
    super.apply(path, it);
  }
}

/** A destination, a stage with downloaded files, and the plan of a restore. */
export class Place {
  readonly to: string;
  readonly folder: string;
  readonly stage: Stage;
  /** The messages, without those of every restore. */
  readonly said: string[] = [];
  /** The messages that go only to syslog. */
  readonly noted: string[] = [];
  readonly metadata = new NotingMetadata();
  readonly #plan: PlannedFile[] = [];

  constructor(t: TestContext) {
    this.to = temporaryFolder(t);
    this.folder = temporaryFolder(t);
    this.stage = new Stage(new HeldFolder(this.to), { bucket: 'x', prefix: '' });
  }

  /** Plans an object, and puts it into the stage unless `content` is `undefined`. */
  add(
    key: string,
    content: string | undefined,
    method: FetchMethod = 'in bulk',
    { size = content?.length ?? 1, isNewer = false } = {},
  ): void {
    this.#plan.push({
      key: bytesOf(key),
      index: -1,
      wanted: { size, lastModified: STORED, isCurrent: true },
      method,
      isNewer,
    });
    if (content === undefined || method === 'unsafe' || method === 'folder') return;
    const file = join(this.stage.bulk.path, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, STORED / 1000, STORED / 1000);
  }

  async put(
    tree?: readonly Entry[],
    {
      overwrites = false,
      failures = [] as [number, { why: string }][],
      interruption = new Interruption(),
      names = undefined as FoldedNames | undefined,
    } = {},
  ): Promise<Restored> {
    const log = {
      error: (text: string) => this.said.push(text),
      info: (text: string) => this.noted.push(text),
    };
    const options = {
      destination: new Destination(new HeldFolder(this.to), overwrites, names),
      keeps: 'none' as const,
      stage: this.stage,
      metadata: this.metadata,
      incomplete: new Incomplete(log as unknown as Log),
      log,
      failures: new Map(failures),
      interruption,
      tempFolder: this.folder,
      placed: undefined,
    };
    const plan = spoolOf(this.folder, 'plan', withEntries(numbered(this.#plan), tree ?? []));
    const restored = await putInPlace(options, plan, tree !== undefined);
    this.stage.removeOrWarn({ warn: (text) => this.said.push(text) });
    return restored;
  }

  /** The type, mode and mtime at `path`. */
  at(path: string): string {
    const stats = lstatSync(join(this.to, path), { bigint: true });
    const type = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : 'f';
    const mode = type === 'l' ? '' : (Number(stats.mode) & 0o7777).toString(8);
    return `${type}${mode} ${stats.mtimeNs}`;
  }
}

function withEntries(plan: readonly PlannedFile[], tree: readonly Entry[]): PlannedFile[] {
  const files = new Map(plan.map((file) => [file.key, file]));
  for (const entry of tree) {
    const { key } = entry;
    files.set(key, { ...(files.get(key) ?? { key, index: -1, method: 'not listed' }), entry });
  }
  return [...files.values()];
}

/** Sorts by key, and numbers the files. */
function numbered(plan: readonly PlannedFile[]): PlannedFile[] {
  return [...plan].sort((a, b) => (a.key < b.key ? -1 : 1)).map((file, index) => ({ ...file, index }));
}
