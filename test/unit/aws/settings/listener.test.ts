import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { KEY_URL } from '../../../../lib/aws/arguments/object-arguments.js';
import { AwsCli } from '../../../../lib/aws/aws-cli.js';
import { assertTrustedListener, type Sockets } from '../../../../lib/aws/settings/listener.js';
import { Interruption } from '../../../../lib/cli/signals/interruption.js';
import { EncryptionKey } from '../../../../lib/secrets/encryption-key.js';

const OURS = 1000;
const OTHER = 1001;

type Socket = readonly [address: string, port: number, uid: number, state?: string];

/** An address as Linux prints it: each four bytes as a number in the machine's byte order. */
function printed(bytes: Buffer): string {
  const words = bytes.toString('hex').match(/.{8}/g) ?? [];
  const ordered = words.map((word) => {
    const number = Buffer.from(word, 'hex');
    return (endianness() === 'LE' ? number.reverse() : number).toString('hex');
  });
  return ordered.join('').toUpperCase();
}

const ADDRESSES: Readonly<Record<string, Buffer>> = {
  '127.0.0.1': Buffer.from([127, 0, 0, 1]),
  '127.0.0.2': Buffer.from([127, 0, 0, 2]),
  '10.0.0.1': Buffer.from([10, 0, 0, 1]),
  '0.0.0.0': Buffer.alloc(4),
  '::': Buffer.alloc(16),
  '::1': Buffer.from('00000000000000000000000000000001', 'hex'),
  '::ffff:127.0.0.1': Buffer.from('00000000000000000000ffff7f000001', 'hex'),
};

function table(sockets: readonly Socket[], bytes: number): string {
  const lines = sockets.flatMap(([address, port, uid, state = '0A'], index) => {
    const of = ADDRESSES[address] ?? assert.fail(address);
    if (of.length !== bytes) return [];
    const local = `${printed(of)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    return [
      `   ${index}: ${local} ${'0'.repeat(bytes * 2)}:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 133 1 0000 100 0 0 10 0`,
    ];
  });
  return ['  sl  local_address rem_address   st tx_queue …', ...lines, ''].join('\n');
}

function machine(...sockets: Socket[]): Sockets {
  return {
    tables: () => [table(sockets, 4), table(sockets, 16)],
    user: () => OURS,
    unprivilegedFrom: () => 1024,
  };
}

const HERE = 'http://127.0.0.1:9000';

test("the listener has to be this user's or root's, or at a port that only root can bind", () => {
  for (const uid of [OURS, 0]) {
    for (const address of ['127.0.0.1', '0.0.0.0', '::', '::ffff:127.0.0.1']) {
      assert.equal(assertTrustedListener(HERE, machine([address, 9000, uid])), HERE, address);
    }
  }
  assert.equal(
    assertTrustedListener('http://127.0.0.1', machine(['127.0.0.1', 80, OTHER])),
    'http://127.0.0.1',
  );
  assert.equal(assertTrustedListener('http://[::1]:9000', machine(['::1', 9000, OURS])), 'http://[::1]:9000');
});

test("another user's program is refused at each address, even as one of several listeners", () => {
  for (const address of ['127.0.0.1', '0.0.0.0', '::', '::ffff:127.0.0.1']) {
    for (const others of [[], [['127.0.0.1', 9000, OURS] as const]]) {
      const sockets = machine(...others, [address, 9000, OTHER]);
      assert.throws(
        () => assertTrustedListener(HERE, sockets),
        /^BackupError: The program that listens at http:\/\/127\.0\.0\.1:9000 belongs to another user \(uid 1001\)/,
        address,
      );
    }
  }
  const container = { ...machine(['127.0.0.1', 80, OTHER]), unprivilegedFrom: () => 0 };
  assert.throws(() => assertTrustedListener('http://127.0.0.1', container), /another user/);
});

test("sockets at other addresses or ports, or that do not listen, don't count", () => {
  const elsewhere = machine(
    ['10.0.0.1', 9000, OTHER],
    ['127.0.0.2', 9000, OTHER],
    ['127.0.0.1', 9001, OTHER],
    ['::1', 9000, OTHER],
    ['127.0.0.1', 9000, OTHER, '01'],
  );
  assert.throws(
    () => assertTrustedListener(HERE, elsewhere),
    /No program listens at http:\/\/127\.0\.0\.1:9000\./,
  );
});

test('localhost is replaced by an address with a trusted listener', () => {
  const local = (...sockets: Socket[]) =>
    assertTrustedListener('http://localhost:9000/s3', machine(...sockets));
  assert.equal(local(['127.0.0.1', 9000, OURS]), 'http://127.0.0.1:9000/s3');
  assert.equal(local(['::1', 9000, OURS]), 'http://[::1]:9000/s3');
  assert.equal(local(['127.0.0.1', 9000, OTHER], ['::1', 9000, OURS]), 'http://[::1]:9000/s3');
  assert.throws(
    () => local(['::1', 9000, OTHER]),
    /listens at http:\/\/\[::1\]:9000 belongs to another user/,
  );
  assert.throws(() => local(), /No program listens at http:\/\/127\.0\.0\.1:9000\./);
});

test("listeners are not read for https, nor for AWS's own endpoint", () => {
  const unasked = { ...machine(), tables: () => assert.fail() };
  assert.equal(assertTrustedListener('https://127.0.0.1:9000', unasked), 'https://127.0.0.1:9000');
  assert.equal(assertTrustedListener(undefined, unasked), undefined);
});

test("an endpoint is refused if Linux's list of sockets can't be read", () => {
  const closed = {
    ...machine(),
    tables: () => {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
    },
  };
  assert.throws(
    () => assertTrustedListener(HERE, closed),
    /Can't check whose program .*: .* can't be read \(permission denied\)\./,
  );
});

for (const address of ['127.0.0.1', '0.0.0.0', '::']) {
  test(`the socket table of this machine shows the listener at ${address}`, async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    t.after(() => server.close());
    const of = server.address();
    const url = `http://127.0.0.1:${typeof of === 'object' && of?.port}`;
    assert.equal(assertTrustedListener(url), url);
  });
}

test('each call with the key checks the listener again, and a call without it does not', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const of = server.address();
  const aws = new AwsCli({
    encryptionKey: new EncryptionKey('x'.repeat(32)),
    profile: 'default',
    region: 'x',
    bucket: 'b',
    endpointUrl: `http://127.0.0.1:${typeof of === 'object' && of?.port}`,
    netTimeout: undefined,
    environment: { PATH: '/nonexistent' },
    interruption: new Interruption(),
    log: () => undefined,
  });
  const args = ['s3', 'cp', 'a', 'b', '--sse-c-key', KEY_URL];
  await assert.rejects(aws.run(args), /there is no "aws"/);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(aws.run(args), /No program listens at/);
  await assert.rejects(aws.run(['s3', 'ls']), /there is no "aws"/);
});
