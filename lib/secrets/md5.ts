// MD5, by RFC 1321. The escrow is encrypted with a key that the original scripts make by MD5, and Node.js has none where
// only FIPS algorithms are allowed, as it may be on the machine to restore to. Nothing relies on its strength.

/** How far each step of each of the four rounds rotates. */
const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];
const SINES = Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32));

/** @returns 32 lower-case hexadecimal digits */
export function md5(bytes: Buffer): string {
  const padded = Buffer.alloc((Math.floor((bytes.length + 8) / 64) + 1) * 64);
  bytes.copy(padded);
  padded.writeUInt8(0x80, bytes.length);
  padded.writeBigUInt64LE(BigInt(bytes.length) * 8n, padded.length - 8);
  let state: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let start = 0; start < padded.length; start += 64) state = addBlock(state, padded, start);
  const digest = Buffer.alloc(16);
  for (const [at, word] of state.entries()) digest.writeInt32LE(word, 4 * at);
  return digest.toString('hex');
}

/** Four integers of 32 bits. */
type State = readonly [number, number, number, number];

function addBlock(state: State, padded: Buffer, start: number): State {
  let [a, b, c, d] = state;
  for (let step = 0; step < 64; step += 1) {
    const round = Math.floor(step / 16);
    const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
    const word = [step, 5 * step + 1, 3 * step + 5, 7 * step][round] ?? 0;
    const sum = (a + mixed + (SINES[step] ?? 0) + padded.readInt32LE(start + 4 * (word % 16))) | 0;
    const shift = SHIFTS[round]?.[step % 4] ?? 0;
    [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
}
