// Hooks with a server that answers late, wrongly or not at all, and with commands that do not end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fireHook, type HookCall } from '../../../lib/health/hooks.js';

const CALL: HookCall = {
  event: 'failure',
  exitCode: 4,
  reason: 'files are gone',
  summary: '',
  configFile: '/c',
};
const LIMITS = { command: 300, ping: 300, pauses: [1, 1] };

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uuid/$code`;
}

test('a server that is late, but in time, is called once', async (t) => {
  const asked: (string | undefined)[] = [];
  const address = await serve(t, (request, response) => {
    asked.push(request.url);
    setTimeout(() => response.end('OK'), 20);
  });
  assert.equal(await fireHook(address, CALL, {}, { ...LIMITS, ping: 60_000 }), undefined);
  assert.deepEqual(asked, ['/uuid/4']);
});

test('a server that refuses is called three times, and its status is reported', async (t) => {
  let count = 0;
  const address = await serve(t, (_, response) => {
    count += 1;
    response.writeHead(404).end('not found');
  });
  assert.equal(await fireHook(address, CALL, {}, LIMITS), 'the server answered 404');
  assert.equal(count, 3);
});

test('a server that talks something else than HTTP is a failure, not a crash', async (t) => {
  const address = await serve(t, (request) => {
    request.socket.end('220 mail.example ESMTP\r\n');
  });
  assert.equal(await fireHook(address, CALL, {}, LIMITS), "the server's answer is not HTTP");
});

test('a server that never answers is given up after three attempts', async (t) => {
  let count = 0;
  const address = await serve(t, () => {
    count += 1;
  });
  assert.equal(await fireHook(address, CALL, {}, LIMITS), 'no answer within 0.3 s');
  assert.equal(count, 3);
});

test('a server that answers the third time has got the message', async (t) => {
  const bodies: string[] = [];
  const address = await serve(t, async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    bodies.push(body);
    response.writeHead(bodies.length < 3 ? 500 : 200).end();
  });
  assert.equal(await fireHook(address, CALL, {}, LIMITS), undefined);
  assert.deepEqual(bodies, ['files are gone', 'files are gone', 'files are gone']);
});

test('a command that does not end is ended, with what it has started', async () => {
  assert.equal(
    await fireHook('sleep 1000 & sleep 1000', CALL, process.env, LIMITS),
    'the command was ended by SIGKILL',
  );
});

test('a redirection is not followed, since it may lead to plain http and the ping names files', async (t) => {
  let requested = '';
  const elsewhere = await serve(t, (request, response) => {
    requested += request.url;
    response.end();
  });
  const address = await serve(t, (_, response) => response.writeHead(307, { location: elsewhere }).end());
  assert.match(
    (await fireHook(address, CALL, {}, LIMITS)) ?? '',
    /^the server answered 307: it redirects to/,
  );
  assert.equal(requested, '');
});

test('a reason that is too long for a program is cut, with a mark', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hooks-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'reason');
  const call = { ...CALL, reason: `x${'ü'.repeat(200_000)}`, summary: 'short' };
  const limits = { ...LIMITS, command: 60_000 };
  const command = `printf '%s' "$BACKUP_REASON $BACKUP_SUMMARY" > '${file}'`;
  assert.equal(await fireHook(command, call, process.env, limits), undefined);
  assert.match(readFileSync(file, 'utf8'), /^xü{8191}… \[cut: 400001 bytes\] short$/);
  let body = '';
  const address = await serve(t, async (request, response) => {
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.end();
  });
  assert.equal(await fireHook(address, call, {}, { ...LIMITS, ping: 60_000 }), undefined);
  assert.match(body, /^xü{8191}… \[cut: 400001 bytes\]\nshort$/);
});
