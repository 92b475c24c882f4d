// Which configs bash may read: those that only trusted users can have written.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { geteuid } from 'node:process';
import { describe, test } from 'node:test';
import { type ConfigFile, judgeTrust } from '../../../lib/config/trust.js';
import { complete, directory, failureOf, readConfig, write } from './config-on-disk.js';

describe('bash reads a file only if nobody else can have written it', () => {
  const text = `${complete}AWS_REGION=$(echo us-east-1)\n`;

  test('bash reads a private file of this user', async () =>
    assert.equal((await readConfig(write(text))).region, 'us-east-1'));

  test('bash reads a file that others can only read', async () =>
    assert.equal((await readConfig(write(text, 0o644))).region, 'us-east-1'));

  for (const mode of [0o620, 0o602, 0o666]) {
    test(`bash does not read a file of mode ${mode.toString(8)}`, async () => {
      const file = write(text, mode);
      const { message, hint } = await failureOf(file);
      assert.ok(message.startsWith(`${file}:3: Only bash can read this (an unquoted \`$\`)`), message);
      assert.ok(message.includes(`mode 0${mode.toString(8)}`), message);
      assert.ok(hint.includes(`chmod go-w ${file}`), hint);
    });
  }

  const fileOf = (uid: number, mode: number, parts: ConfigFile['parts'] = []): ConfigFile => ({
    file: 'c',
    stats: {
      uid,
      mode,
      isFile: () => (mode & 0o170000) === 0o100000,
      isFIFO: () => (mode & 0o170000) === 0o10000,
      isSocket: () => (mode & 0o170000) === 0o140000,
    },
    parts,
    user: 1000,
  });

  test('a config may belong to this user or root, and others may not write it', () => {
    const reasonAgainst = (uid: number, mode: number) =>
      judgeTrust(fileOf(uid, mode)).objection?.reason ?? '';
    assert.equal(reasonAgainst(1000, 0o100644), '');
    assert.equal(reasonAgainst(0, 0o100644), '');
    assert.match(reasonAgainst(1001, 0o100644), /uid 1001/);
    assert.match(reasonAgainst(1000, 0o100664), /mode 0664/);
    assert.match(reasonAgainst(0, 0o100646), /mode 0646/);
    assert.equal(reasonAgainst(1000, 0o10600), '');
    assert.match(reasonAgainst(1001, 0o10600), /uid 1001/);
    assert.equal(reasonAgainst(1000, 0o140777), '');
    assert.match(reasonAgainst(1001, 0o140777), /uid 1001/);
    assert.match(reasonAgainst(1000, 0o20600), /neither a regular file nor a pipe/);
  });

  test('folders and links above a config may belong to this user or root, and others may not write them', () => {
    const messagesOf = (uid: number, mode: number, isLink = false) => {
      const config = fileOf(1000, 0o100600, [
        { path: '/', uid: 0, mode: 0o40755, isLink: false },
        { path: '/a b', uid, mode, isLink },
      ]);
      const { objection, warningOfWriters } = judgeTrust(config);
      return [objection && `${objection.reason}: ${objection.remedy}`, warningOfWriters];
    };
    for (const [uid, mode] of [
      [1000, 0o40755],
      [0, 0o40755],
      [0, 0o41777],
      [1000, 0o41777],
    ] as const) {
      assert.deepEqual(messagesOf(uid, mode), [undefined, undefined]);
    }
    assert.deepEqual(messagesOf(1000, 0o120777, true), [undefined, undefined]);
    for (const [uid, mode, reason, isWarned] of [
      [1001, 0o40755, /folder \/a b, .* belongs to another user \(uid 1001\).* chown 1000 '\/a b'/, true],
      [1001, 0o41777, /folder \/a b, .* belongs to another user \(uid 1001\).* chown 1000 '\/a b'/, true],
      [1001, 0o120777, /link \/a b, .* belongs to another user \(uid 1001\).* chown -h 1000 '\/a b'/, true],
      [1000, 0o40775, /can write the folder \/a b, .*\(mode 0775\).* chmod go-w '\/a b'/, false],
      [0, 0o40757, /can write the folder \/a b, .*\(mode 0757\).* chmod go-w '\/a b'/, true],
    ] as const) {
      const [error, warning] = messagesOf(uid, mode, mode === 0o120777);
      assert.match(error ?? '', reason);
      assert.equal(warning !== undefined && reason.test(warning), isWarned, warning);
    }
    assert.match(
      judgeTrust({ ...fileOf(1000, 0o100600), parts: undefined }).objection?.reason ?? '',
      /^this user may not search a folder above it/,
    );
  });

  test('a folder that others can write, behind any link, is named, unless it is sticky', async () => {
    const open = join(directory, 'open');
    mkdirSync(join(open, 'shut'), { recursive: true });
    chmodSync(open, 0o777);
    writeFileSync(join(open, 'shut', 'config'), text, { mode: 0o600 });
    symlinkSync('open/shut', join(directory, 'link'));
    for (const file of [join(open, 'shut', 'config'), join(directory, 'link', 'config')]) {
      const { message, hint } = await failureOf(file);
      assert.ok(message.includes(`can write the folder ${open}, which leads to it (mode 0777)`), message);
      assert.ok(hint.endsWith(`chmod go-w ${open}, or write plain lines: NAME='value'`), hint);
    }
    chmodSync(open, 0o1777);
    assert.equal((await readConfig(join(directory, 'link', 'config'))).region, 'us-east-1');
  });

  // Only root can give files to other users. The rule itself is tested above.
  if (geteuid?.() !== 0) return;
  test('bash does not read a file of another user', async () => {
    const file = write(text);
    chownSync(file, 12345, 12345);
    const { message, hint } = await failureOf(file);
    assert.match(message, /belongs to another user \(uid 12345\)/);
    assert.ok(hint.includes(`chown 0 ${file}`), hint);
  });
});
