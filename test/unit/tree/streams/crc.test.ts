import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crcOf } from '../../../../lib/tree/streams/crc.js';

/** The published check values, in base64. */
const CHECKS = { CRC32: 'cbf43926', CRC64NVME: 'ae8b14860a799888' } as const;

for (const kind of ['CRC32', 'CRC64NVME'] as const) {
  test(`${kind} of the digits 1 to 9 has its published value, in one chunk or in several`, async () => {
    const expected = Buffer.from(CHECKS[kind], 'hex').toString('base64');
    assert.equal(await crcOf(kind, [Buffer.from('123456789')]), expected);
    assert.equal(await crcOf(kind, [Buffer.from('1234'), Buffer.from(''), Buffer.from('56789')]), expected);
  });
}
