// The fake `aws`: plays the replies of a scenario, logs every call, checks what it is given,
// and fails on any call that was not expected. FAKE_AWS names its folder.
import { createHash } from 'node:crypto';
import { appendFileSync, fstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Reply, Scenario } from './scenario.js';

const folder = process.env['FAKE_AWS'] ?? '';
const argv = process.argv.slice(2);
const { replies, secrets } = JSON.parse(readFileSync(join(folder, 'scenario.json'), 'utf8')) as Scenario;

const found = replies.findIndex((it, index) => matches(it) && claim(index, it));
const reply = replies[found];
const usesKey = argv.includes('fileb:///dev/fd/3');
const problems = [...leaks(), ...(usesKey ? keyProblems() : []), ...(reply ? [] : ['unexpected call'])];
const call: Call = {
  argv,
  key: usesKey ? sha256(readFileSync('/dev/fd/3')) : null,
  input: reply?.readsInput ? readFileSync(0, 'utf8') : null,
  environment: Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(AWS|LC_|LANG|NO_PROXY)/.test(name)),
  ),
  problems,
};
appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify(call)}\n`);

if (reply === undefined || problems.length > 0) {
  process.stderr.write(`fake aws: ${problems.join('; ')}: ${JSON.stringify(argv)}\n`);
  process.exit(99);
}
if (reply.onSignal !== undefined) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      appendFileSync(join(folder, 'signals'), `${signal}\n`);
      setTimeout(() => process.exit(reply.onSignal), 300);
    });
  }
}
if (reply.writesFile !== undefined) {
  const file = argv.includes('get-object') ? argv.at(-1) : argv[argv.indexOf('cp') + 2];
  appendFileSync(file ?? '', reply.writesFile);
}
await write(process.stderr, reply.stderr);
await write(process.stdout, reply.stdout);
if (reply.delay) await sleep(reply.delay);
process.exit(reply.exitCode ?? 0);

function matches({ args }: Reply): boolean {
  return args.every((it) => argv.includes(it));
}

/** Each reply is given once, or `times` times, whoever comes first. */
function claim(index: number, { times = 1 }: Reply): boolean {
  for (let time = 0; time < times; time += 1) {
    try {
      mkdirSync(join(folder, `claimed-${index}-${time}`));
      return true;
    } catch {}
  }
  return false;
}

function leaks(): string[] {
  return secrets.flatMap((secret) => [
    ...(argv.some((it) => it.includes(secret)) ? ['a secret in argv'] : []),
    ...(Object.values(process.env).some((it) => it?.includes(secret)) ? ['a secret in the environment'] : []),
  ]);
}

function keyProblems(): string[] {
  const { size, mode, nlink } = fstatSync(3);
  const path = readlinkSync('/proc/self/fd/3');
  return [
    ...(size === 32 ? [] : [`the key file has ${size} bytes`]),
    ...((mode & 0o777) === 0o600 ? [] : ['the key file is not 0600']),
    ...(nlink === 0 && path.endsWith('(deleted)') ? [] : ['the key file has a name']),
    ...(/^\/(dev\/shm|run)\//.test(path) ? [] : [`the key file is not in memory: ${path}`]),
  ];
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function write(stream: NodeJS.WriteStream, text = ''): Promise<void> {
  await new Promise((resolve) => stream.write(text, resolve));
}
