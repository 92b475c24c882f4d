// A backup in the fake bucket, and a destination.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Outcome } from '../fakes/sandbox.js';
import { WITHOUT_ROOTS_RIGHTS } from '../fakes/without-roots-rights.js';
import { BucketWorld, PREFIX } from './bucket-world.js';

export class RestoreWorld extends BucketWorld {
  readonly to = join(this.home, 'to');

  constructor(t: TestContext) {
    super(t);
    this.makeBucket();
  }

  async backUp(): Promise<void> {
    const { code, stderr } = await this.sync();
    assert.equal(code, 0, stderr);
  }

  /** Runs download-dir with the config, to `to`, or with the given words. */
  async restore(
    flags: readonly string[] = [],
    { words = [this.to], as = WITHOUT_ROOTS_RIGHTS, cwd = this.folder } = {},
  ): Promise<Outcome> {
    // The command, and its user, append to these files.
    for (const name of ['calls', 'syslog', 'logger-arguments']) {
      writeFileSync(join(this.folder, name), '', { flag: 'a' });
      chmodSync(join(this.folder, name), 0o666);
    }
    const args = ['--config', this.configFile, ...flags, ...words];
    return this.run('encrypted-s3-download-dir', args, { cwd, through: as });
  }

  /** The paths of the backup that were downloaded; `*` stands for a bulk download. */
  fetched(): string[] {
    return this.awsCalls().flatMap((call) => {
      if (call.includes(` s3 sync s3://test-bucket/${PREFIX} `)) return ['*'];
      const path = / s3 cp s3:\/\/test-bucket\/pc\/docs\/(\S+) /.exec(call)?.[1];
      return path === undefined ? [] : [path];
    });
  }
}

/** Writes a few files with all kinds of metadata, and `count` more. */
export function fill(world: RestoreWorld, count = 0): void {
  world.write('top', 'top');
  world.write('d/deep/file', 'in a folder');
  for (let number = 0; number < count; number += 1) world.write(`many/${number}`, `${number}`);
  mkdirSync(join(world.source, 'empty'));
  symlinkSync('../nowhere', join(world.source, 'd/link'));
  chmodSync(join(world.source, 'top'), 0o604);
  chmodSync(join(world.source, 'd/deep'), 0o500);
}

export const MANY = availableParallelism() + 1;
