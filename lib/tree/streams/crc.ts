// The cyclic redundancy checks that the AWS CLI stores with an object: CRC-32, and CRC-64/NVME since version 2.23.

/** Bits are reflected. The upper half of a CRC-32 is 0. */
const KINDS = {
  CRC32: { polynomial: [0, 0xedb88320], upper: 0, bytes: 4 },
  CRC64NVME: { polynomial: [0x9a6c9329, 0xac4bc9b5], upper: 0xffffffff, bytes: 8 },
} as const;

export type CrcKind = keyof typeof KINDS;

/** The upper and lower halves of what each byte does to a check. */
function tableOf([upper, lower]: readonly [number, number]): readonly [Uint32Array, Uint32Array] {
  const [uppers, lowers] = [new Uint32Array(256), new Uint32Array(256)];
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const isSet = (low & 1) === 1;
      low = ((low >>> 1) | (high << 31)) ^ (isSet ? lower : 0);
      high = (high >>> 1) ^ (isSet ? upper : 0);
    }
    [uppers[byte], lowers[byte]] = [high, low];
  }
  return [uppers, lowers];
}

/** The check of all chunks, in base64, as S3 writes it. @throws what `chunks` throws */
export async function crcOf(
  kind: CrcKind,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<string> {
  const { polynomial, upper, bytes } = KINDS[kind];
  const [uppers, lowers] = tableOf(polynomial);
  let high: number = upper;
  let low = 0xffffffff;
  for await (const chunk of chunks) {
    for (const byte of chunk) {
      const at = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lowers[at] ?? 0);
      high = (high >>> 8) ^ (uppers[at] ?? 0);
    }
  }
  const check = Buffer.alloc(8);
  check.writeUInt32BE((high ^ upper) >>> 0, 0);
  check.writeUInt32BE((low ^ 0xffffffff) >>> 0, 4);
  return check.subarray(8 - bytes).toString('base64');
}
