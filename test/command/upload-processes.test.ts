// An upload takes a small first call, and then as many parallel calls as UPLOAD_PROCESSES allows.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BucketWorld } from './bucket-world.js';

test('UPLOAD_PROCESSES counts as 1 where the profile limits the bandwidth of each process', async (t) => {
  const world = new BucketWorld(t);
  world.write('before', 'before');
  assert.equal((await world.sync()).code, 0);
  mkdirSync(join(world.home, '.aws'));
  const callsFor = async (settings: Record<string, string>, awsConfig: string) => {
    world.config(settings);
    writeFileSync(join(world.home, '.aws/config'), awsConfig);
    for (let number = 0; number < 310; number += 1) world.write(`${number}`, 'x');
    const { code, stderr } = await world.sync();
    assert.equal(code, 0, stderr);
    return world.awsCalls().filter((call) => /\/links-\d+ /.test(call)).length;
  };
  assert.equal(await callsFor({}, '[default]\ns3 =\n  max_concurrent_requests = 20\n'), 4);
  assert.equal(await callsFor({ UPLOAD_PROCESSES: '2' }, ''), 3);
  assert.equal(await callsFor({ UPLOAD_PROCESSES: '1' }, ''), 2);
  assert.equal(await callsFor({}, '[default]\ns3 =\n  max_bandwidth = 50MB/s\n'), 2);
});
