// A fake `aws` with a bucket behind it, for tests that run the commands hundreds of times. It behaves as the real
// one where the commands rely on it, and fails on everything else. FAKE_BUCKET names its folder.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { downloadAll } from './download-all.js';
import { meet } from './fault.js';
import { isObject, Journal, type StoredObject } from './journal.js';
import { firstObject, objectLines, versionLines } from './listings.js';
import { type Source, sourcesOf } from './sync-walk.js';

const folder = process.env['FAKE_BUCKET'] ?? '';
const journal = new Journal(folder);
/** Without the options that go before the command. */
const argv = process.argv.slice(process.argv.findIndex((it) => it === 's3' || it === 's3api'));
const [service = '', operation = ''] = argv;
let exitCode = 0;

if (meet(folder, 'call')) end(255, 'Could not connect to the endpoint URL: "https://fake/"');
if (service === 's3') s3(argv.slice(2));
else s3api();
process.exitCode = exitCode;

function s3(args: string[]): void {
  const [from = '', to = ''] = args.filter((it, at) => !it.startsWith('--') && !takesValue(args[at - 1]));
  if (operation === 'sync' && from.startsWith('s3://'))
    exitCode = downloadAll(journal, keyIn(from), to, argv, keyHash());
  else if (operation === 'sync') sync(from, keyIn(to));
  else if (operation === 'ls') process.stdout.write(`${journal.current().size}\n`);
  else if (operation !== 'cp') unexpected();
  else if (args.includes('--recursive')) uploadAll(from, keyIn(to));
  else download(keyIn(from), to);
}

function uploadAll(directory: string, prefix: string): void {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const file = join(directory, path);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile()) upload({ path, file }, prefix, false);
    // What a link in the stage leads to may be gone.
    if (stats !== undefined) continue;
    process.stderr.write(`warning: Skipping file ${file}. File does not exist.\n`);
    exitCode = 2;
  }
}

function download(key: string, to: string): void {
  const body = Buffer.from(findReadable(key, 'HeadObject', 'fatal error: ').body, 'base64');
  if (to === '-') {
    process.stdout.write(body);
    return;
  }
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, body);
}

function takesValue(option: string | undefined): boolean {
  return ['--sse-c', '--sse-c-key', '--storage-class', '--content-type'].includes(option ?? '');
}

/** Looks at the bucket and the disk first, and uploads then, one after the other. */
function sync(local: string, prefix: string): void {
  const stored = journal.current();
  const { sources, warnings } = sourcesOf(local, {
    followSymlinks: !argv.includes('--no-follow-symlinks'),
    exclude: argv.flatMap((it) => (it.startsWith('--exclude=') ? [it.slice('--exclude='.length)] : [])),
  });
  for (const warning of warnings) {
    process.stderr.write(`warning: Skipping file ${warning}\n`);
    exitCode = 2;
  }
  for (const source of sources) {
    const object = stored.get(prefix + source.path);
    const isStored = object !== undefined && Buffer.from(object.body, 'base64').length === source.size;
    // S3 tells whole seconds.
    if (isStored && source.mtime <= Math.floor(object.time / 1000) * 1000) continue;
    upload(source, prefix, true);
  }
}

function upload({ path, file }: Pick<Source, 'path' | 'file'>, prefix: string, isTold: boolean): void {
  const failed = (why: string) => {
    process.stderr.write(`upload failed: ./${path} to s3://bucket/${prefix}${path} ${why}\n`);
    exitCode = 1;
  };
  if (meet(folder, 'put')) {
    failed('An error occurred (InternalError) when calling the PutObject operation: Injected');
    return;
  }
  try {
    journal.add(prefix + path, readFileSync(file), keyHash());
  } catch (error) {
    failed(`[Errno 2] ${error}`);
    return;
  }
  if (isTold) process.stdout.write(`upload: ./${path} to s3://bucket/${prefix}${path}\n`);
}

function s3api(): void {
  const key = option('--key');
  const calls: Readonly<Record<string, () => void>> = {
    'head-bucket': () => bucketOrEnd('HeadBucket', '404'),
    'create-bucket': () => journal.makeBucket(),
    'put-bucket-versioning': () => journal.enableVersioning(),
    'put-bucket-lifecycle-configuration': () => {},
    'put-bucket-encryption': () => {},
    'get-bucket-versioning': () => process.stdout.write(journal.isVersioned ? 'Enabled\n' : 'None\n'),
    'list-objects-v2': () => list(option('--prefix')),
    'list-object-versions': () => listVersions(option('--prefix')),
    'get-object': () => getObject(key, option('--version-id')),
    'head-object': () => findReadable(key, 'HeadObject', ''),
    'delete-object': () => journal.delete(key, option('--version-id')),
    'delete-objects': () =>
      deleteObjects((argv[argv.indexOf('--delete') + 1] ?? '').replace(/^file:\/\//, '')),
  };
  (calls[operation] ?? unexpected)();
}

function deleteObjects(file: string): void {
  const { Objects } = JSON.parse(readFileSync(file, 'utf8')) as {
    Objects: { Key: string; VersionId?: string }[];
  };
  if (Objects.length > 1000)
    end(254, 'An error occurred (MalformedXML) when calling the DeleteObjects operation: x');
  for (const { Key, VersionId = '' } of Objects) journal.delete(Key, VersionId);
}

/** @param id of the version, or '' */
function getObject(key: string, id: string): void {
  const { body } = findReadable(key, 'GetObject', '', id);
  writeFileSync(argv.at(-1) ?? '', Buffer.from(body, 'base64'));
}

function listVersions(prefix: string): void {
  bucketOrEnd('ListObjectVersions', 'NoSuchBucket');
  process.stdout.write(versionLines(journal, prefix));
}

function list(prefix: string): void {
  bucketOrEnd('ListObjectsV2', 'NoSuchBucket');
  const text = argv.includes('--max-keys') ? firstObject(journal, prefix) : objectLines(journal, prefix);
  process.stdout.write(text);
}

/** The object or that version of it, if the key at hand, or none, is the one it was stored with. */
function findReadable(key: string, call: string, before: string, id = ''): StoredObject {
  const refuse = (code: string): never =>
    end(
      before === '' ? 254 : 1,
      `${before}An error occurred (${code}) when calling the ${call} operation: x`,
    );
  const object = id === '' ? journal.current().get(key) : journal.version(key, id);
  if (object === undefined) return refuse(id === '' ? '404' : 'NoSuchVersion');
  if (!isObject(object)) return refuse('MethodNotAllowed');
  const isKeyGiven = argv.includes('fileb:///dev/fd/3');
  if (object.keyHash !== undefined && !isKeyGiven) return refuse('400');
  if (object.keyHash !== (isKeyGiven ? keyHash() : undefined)) return refuse('403');
  return object;
}

function bucketOrEnd(call: string, code: string): void {
  if (!journal.exists) end(254, `An error occurred (${code}) when calling the ${call} operation: Not Found`);
}

function keyHash(): string {
  const key = readFileSync('/dev/fd/3');
  if (key.length !== 32) end(99, 'the key has not 32 bytes');
  return createHash('sha256').update(key).digest('hex');
}

/** Of `s3://bucket/KEY`. */
function keyIn(url: string): string {
  return url.replace(/^s3:\/\/[^/]*\//, '');
}

function option(name: string): string {
  return argv.find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function unexpected(): never {
  return end(99, `fake aws: unexpected: ${JSON.stringify(argv)}`);
}

function end(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
