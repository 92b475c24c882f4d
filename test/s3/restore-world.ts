// A world for tests of restores.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, World } from './world.js';

export const TREE = 'backup.info/runs/pc/docs/tree.ndjson.gz';

export class RestoreWorld extends World {
  #count = 0;

  /** Restores to a new folder. */
  async restore(...options: string[]): Promise<Outcome & { readonly to: string }> {
    this.#count += 1;
    const to = join(this.folder, `restored-${this.#count}`);
    return {
      to,
      ...(await this.run('encrypted-s3-download-dir', ['--config', this.configFile, ...options, to])),
    };
  }

  async backUp(): Promise<void> {
    const { code, stderr } = await this.sync();
    assert.equal(code, 0, stderr);
  }

  async put(key: string, content: string, encryptionKey = this.key): Promise<void> {
    // `aws s3 cp` would append to a key that ends in a slash.
    const body = join(this.folder, 'body');
    writeFileSync(body, content);
    const args = ['s3api', 'put-object', '--bucket', this.bucket, '--key', key, '--body', body];
    const sseC = ['--sse-customer-algorithm', 'AES256', '--sse-customer-key', encryptionKey];
    await this.awsSucceeds(...args, ...sseC);
  }

  /** The time at which the last run stored its tree. */
  async timeOfTree(): Promise<string> {
    const args = ['s3api', 'list-object-versions', '--bucket', this.bucket, '--prefix', TREE];
    const query = 'Versions[?IsLatest].LastModified';
    return (await this.awsSucceeds(...args, '--query', query, '--output', 'text')).trim();
  }

  shell(script: string): void {
    execFileSync('bash', ['-euc', script], { cwd: this.source });
  }
}
