// `encrypted-s3 runs`, `ls`, `find` and `diff`, which answer questions about earlier runs.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY } from '../fakes/sandbox.js';
import { RECORD, TREE } from './bucket-world.js';
import { ask, makeRunOlder, threeRuns } from './history-world.js';
import { screenOf } from './screen.js';

test('runs prints a row for each run, the newest last', async (t) => {
  const world = await threeRuns(t);
  const rows = (await ask(world, 'runs')).map((line) => line.split('\t').slice(2));
  assert.deepEqual(rows, [
    ['3', '21', '3', '0', '0'],
    ['3', '23', '2', '1', '0'],
    ['3', '23', '1', '0', '0'],
  ]);
  assert.equal((await ask(world, 'runs', '--last', '1')).length, 1);
  const [header, first] = (await ask(world, 'runs', '--json')).map((line) => JSON.parse(line));
  assert.deepEqual(header, { format: 'encrypted-s3-backup runs', version: 1 });
  assert.deepEqual([first.sent, first.exit], [3, 0]);
});

test('ls shows a folder as it is now, and as it was', async (t) => {
  const world = await threeRuns(t);
  assert.deepEqual(await ask(world, 'ls'), ['a', 'letters/', 'link', 'new']);
  assert.deepEqual(
    await ask(world, 'ls', '--at', '2 days ago', 'letters'),
    ['letters/', 'letters/Frau Müller.txt', 'letters/old'].slice(1),
  );
  assert.deepEqual(await ask(world, 'ls', '-R'), ['a', 'letters/', 'letters/Frau Müller.txt', 'link', 'new']);
  const onDisk = join(world.source, 'letters/Frau Müller.txt');
  const [line = ''] = await ask(world, 'ls', '--long', onDisk);
  assert.match(line, /^-rw-r--r--\t\w+:\w+\t15\t2020-02-02T02:02:02\.000Z\tletters\/Frau Müller\.txt$/);
  const [link = ''] = await ask(world, 'ls', '--long', 'link');
  assert.match(link, /^lrwxrwxrwx\t.*\tlink -> a$/);
});

test('ls suggests how to find a path that it does not know', async (t) => {
  const world = await threeRuns(t);
  const args = ['ls', '--config', world.configFile];
  const missing = await world.runUnprivileged('encrypted-s3', [...args, 'nothing']);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /The backup has nothing at or below "nothing"[\s\S]*encrypted-s3 find/);
  const tooOld = await world.runUnprivileged('encrypted-s3', [...args, '--at', '1 year ago']);
  assert.match(tooOld.stderr, /no tree as old as/);
  const outside = await world.runUnprivileged('encrypted-s3', [...args, '/etc']);
  assert.match(outside.stderr, /"\/etc" is not in LOCAL_DIR/);
});

test('find takes a part of the path or a pattern, in upper or lower case', async (t) => {
  const world = await threeRuns(t);
  const names = async (...words: string[]) =>
    (await ask(world, 'find', ...words)).map((it) => it.split('\t').at(-1));
  assert.deepEqual(await names('müller'), ['letters/Frau Müller.txt']);
  assert.deepEqual(await names('*.TXT'), ['letters/Frau Müller.txt']);
  assert.deepEqual(await names('letters/*'), ['letters/Frau Müller.txt']);
  assert.deepEqual(await names('old'), []);
  assert.deepEqual(await names('old', '--at', '2 days ago'), ['letters/old']);
});

test('find --all shows each version, with the runs that saw it first and last', async (t) => {
  const world = await threeRuns(t);
  const rows = (await ask(world, 'find', '--all', 'müller')).map((line) => line.split('\t'));
  assert.deepEqual(
    rows.map(([, , size]) => size),
    ['7', '15'],
  );
  const [[first, last] = [], [second, latest] = []] = rows;
  assert.equal(first, last);
  assert.ok(String(second) < String(latest));
  const [gone = ''] = await ask(world, 'find', '--all', '--json', 'old').then((lines) => lines.slice(1));
  assert.equal(JSON.parse(gone).lastSeen, first);
});

test('find --all shows a version as last seen by a run that changed nothing', async (t) => {
  const world = await threeRuns(t);
  makeRunOlder(world, 3_600_000);
  const [before] = await ask(world, 'find', '--all', 'new');
  assert.equal((await world.sync()).code, 0);
  const [after] = await ask(world, 'find', '--all', 'new');
  assert.equal(before?.split('\t')[0], after?.split('\t')[0]);
  assert.ok(String(before?.split('\t')[1]) < String(after?.split('\t')[1]));
});

test('diff shows what was added, removed and changed between two times', async (t) => {
  const world = await threeRuns(t);
  const since = async (...words: string[]) => ask(world, 'diff', ...words);
  assert.deepEqual(await since('2 days ago'), [
    'M\ta',
    'M\tletters/Frau Müller.txt',
    '-\tletters/old',
    '+\tnew',
  ]);
  assert.deepEqual(await since('2 days ago', '--stat'), [
    'added    1 file, 1 byte',
    'removed  1 file, 7 bytes',
    'changed  2 files, 22 bytes',
    'metadata 0 files, 0 bytes',
  ]);
  const [, first = ''] = await since('2 days ago', '--json');
  const { change, path, before, after } = JSON.parse(first);
  assert.deepEqual([change, path, before.size, after.size], ['changed', 'a', 7, 7]);
});

test('ls --at with the time that runs prints shows the state after that run', async (t) => {
  const world = await threeRuns(t);
  const [, ...runs] = (await ask(world, 'runs', '--json')).map((line) => JSON.parse(line));
  assert.deepEqual(
    (await ask(world, 'runs')).map((line) => line.split('\t')[0]),
    runs.map(({ stored }) => stored),
  );
  assert.deepEqual(await ask(world, 'ls', '--at', runs[0].stored), ['a', 'letters/', 'link']);
  assert.deepEqual(await ask(world, 'ls', '--at', runs[1].stored), ['a', 'letters/', 'link', 'new']);
});

test('objects of a run that did not end are in no tree, but ls says where they are and restore restores them', async (t) => {
  const world = await threeRuns(t);
  for (const path of ['late', 'late folder/file']) {
    world.put(`pc/docs/${path}`, 'late content', KEY);
    const [name = ''] = path.split('/');
    const listed = await world.runUnprivileged('encrypted-s3', ['ls', '--config', world.configFile, name]);
    assert.equal(listed.code, 1);
    assert.match(
      listed.stderr,
      /^ERROR: "late.*" is in the bucket, but not in the tree of a run that ended\.\nHINT: .*: encrypted-s3 restore '?late/,
    );
    const to = join(world.folder, `restored ${name}`);
    const words = ['restore', '--config', world.configFile, path, to];
    const { code, stderr } = await world.runUnprivileged('encrypted-s3', words);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^WARNING: "late.*" is not in the tree of a run that ended: its mode, times and owner are /m,
    );
    assert.equal(readFileSync(to, 'utf8'), 'late content');
    assert.equal(statSync(to).mode & 0o777, 0o600);
  }
});

test('on a terminal, ls and find say that a run has not ended', async (t) => {
  const world = await threeRuns(t);
  mkdirSync(join(world.stateFolder, 'unfinished'));
  for (const words of [['ls'], ['find', 'late']]) {
    const { left } = await screenOf(world, [...words, '--config', world.configFile]);
    assert.match(left, /A run is going on, or did not end: its files are not shown here\./);
    const { stderr } = await world.runUnprivileged('encrypted-s3', [...words, '--config', world.configFile]);
    assert.equal(stderr, '');
  }
  const earlier = ['ls', '--at', '2 days ago', '--config', world.configFile];
  assert.doesNotMatch((await screenOf(world, earlier)).left, /did not end/);
});

test('a second command downloads only new trees', async (t) => {
  const world = await threeRuns(t);
  const downloads = () => world.awsCalls().filter((it) => it.includes('get-object')).length;
  await ask(world, 'find', '--all', 'a');
  assert.equal(downloads(), 3);
  await ask(world, 'find', '--all', 'b');
  assert.equal(downloads(), 0);
  rmSync(join(world.stateFolder, 'history'), { recursive: true });
  await ask(world, 'ls');
  assert.equal(downloads(), 1);
});

test('for a backup without records, and for one of another key, the commands say so', async (t) => {
  const world = await threeRuns(t);
  world.config({ REMOTE_DIR_PREFIX: 'another' });
  const none = await world.runUnprivileged('encrypted-s3', ['runs', '--config', world.configFile]);
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /No run has stored a tree below s3:\/\/test-bucket\/backup\.info\/runs\/another\//,
  );
  world.config({ ENCRYPTION_KEY: 'Another0Key1of2the3same4length56' });
  rmSync(join(world.stateHome, 'encrypted-s3-backup'), { recursive: true });
  const other = await world.runUnprivileged('encrypted-s3', ['ls', '--config', world.configFile]);
  assert.equal(other.code, 5);
});

test('--header names the columns even in a pipe', async (t) => {
  const world = await threeRuns(t);
  const header = async (...words: string[]) => (await ask(world, ...words, '--header'))[0];
  assert.equal(await header('runs'), 'ENDED\tTOOK\tFILES\tSIZE\tSENT\tDELETED\tEXIT');
  assert.equal(await header('ls'), 'PATH');
  assert.equal(await header('ls', '-l'), 'MODE\tOWNER\tSIZE\tMODIFIED\tPATH');
  assert.equal(await header('find', 'a'), 'SIZE\tMODIFIED\tPATH');
  assert.equal(await header('find', '--all', 'a'), 'FIRST SEEN\tLAST SEEN\tSIZE\tPATH');
  assert.equal(await header('diff', 'yesterday'), 'CHANGE\tPATH');
  assert.equal(await header('list-versions'), 'DATE\tVERSION ID\tSIZE\tSTATE\tKEY');
  const place = ['default', 'eu-central-1', 'test-bucket'];
  const { stdout } = await world.runUnprivileged('encrypted-s3', [
    'status',
    '--header',
    '--bucket',
    ...place,
  ]);
  assert.match(stdout, /^PREFIX\tLAST RUN\tAGE\n/);
  assert.match(String(await header('ls', '--json')), /^\{"format":/);
});

test('what somebody has stored in place of a record or a tree is left out, and named', async (t) => {
  const world = await threeRuns(t);
  const withoutTimes = (lines: readonly string[]) => lines.map((line) => line.split('\t').slice(2));
  const rows = withoutTimes(await ask(world, 'runs'));
  const found = withoutTimes(await ask(world, 'find', '--all', 'letters'));
  for (const key of [RECORD, TREE]) world.put(key, 'junk', KEY);
  const inHistory = (...words: string[]) =>
    world.runUnprivileged('encrypted-s3', [words[0] ?? '', '--config', world.configFile, ...words.slice(1)]);
  for (const [words, lines, key] of [
    [['runs'], rows, RECORD],
    [['find', '--all', 'letters'], found, TREE],
  ] as const) {
    const { code, stdout, stderr } = await inHistory(...words);
    assert.equal(code, 0, stderr);
    assert.deepEqual(withoutTimes(stdout.split('\n').slice(0, -1)), lines);
    const warning = `WARNING: s3://test-bucket/${key} \\(version \\S+\\) is not a \\w+ of a run\\. It is left out\\.`;
    assert.match(stderr, new RegExp(`^${warning}\n$`));
  }
  const { code, stderr } = await inHistory('ls');
  assert.equal(code, 1);
  assert.match(stderr, /^ERROR: s3:\S+ \(version \S+\) is not a tree of a run\.\nHINT: .*--at/);
  assert.equal((await ask(world, 'ls', '--at', '1 hour ago')).length, 4);
});
