// The doctor's findings about a bucket on a real server, before and after --fix.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../lib/health/doctor/finding.js';
import { loadedAwsClis } from '../s3-server/loaded-aws.js';
import { World } from './world.js';

const OTHERS = { ID: 'logs', Filter: { Prefix: 'logs/' }, Status: 'Enabled', Expiration: { Days: 7 } };

async function examine(world: World, ...flags: string[]): Promise<Record<string, Finding['state']>> {
  const { stdout, stderr } = await world.run('encrypted-s3', [
    'doctor',
    '--json',
    world.configFile,
    ...flags,
  ]);
  assert.ok(!`${stdout}${stderr}`.includes(world.key), 'the encryption key is printed');
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return Object.fromEntries(findings.map(({ check, state }) => [check, state]));
}

describe('encrypted-s3 doctor --fix', { concurrency: true }, () => {
  for (const cli of loadedAwsClis()) {
    test(`doctor --fix sets up a bucket without settings, and keeps the rules of others, with AWS CLI ${cli.version}`, async (t) => {
      const world = new World('doctor', cli, (remove) => t.after(remove));
      world.config({ REMOTE_DIR_PREFIX: 'pc/docs' });
      world.write('a', 'content');
      const bucket = ['--bucket', world.bucket];
      await world.awsSucceeds('s3api', 'create-bucket', ...bucket);
      const before = await examine(world);
      const { versioning, lifecycle, clock, rights } = before;
      assert.deepEqual(
        { versioning, lifecycle, clock, rights, 'SSE-C': before['SSE-C'] },
        { versioning: 'warning', lifecycle: 'warning', clock: 'ok', rights: 'not checked', 'SSE-C': 'ok' },
      );
      const rules = ['--lifecycle-configuration', JSON.stringify({ Rules: [OTHERS] })];
      await world.awsSucceeds('s3api', 'put-bucket-lifecycle-configuration', ...bucket, ...rules);
      const after = await examine(world, '--fix', '--yes');
      assert.deepEqual([after['versioning'], after['lifecycle'], after['SSE-C']], ['ok', 'ok', 'ok']);
      const get = ['get-bucket-lifecycle-configuration', ...bucket, '--output', 'json'];
      const { Rules } = JSON.parse(await world.awsSucceeds('s3api', ...get)) as { Rules: { ID: string }[] };
      assert.equal(Rules.length, 3);
      assert.deepEqual(
        Rules.find(({ ID }) => ID === 'logs'),
        OTHERS,
      );
      assert.equal((await world.sync()).code, 0);
      const backedUp = await examine(world);
      assert.deepEqual(
        [backedUp['last run'], backedUp['full check'], backedUp['escrow'], backedUp['rights']],
        ['ok', 'ok', 'warning', 'warning'],
      );
      assert.ok(!Object.values(backedUp).includes('failed'), JSON.stringify(backedUp));
    });
  }
});
