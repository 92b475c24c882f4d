// Parses the arguments of `aws` that the fake with a bucket supports.
import { readFileSync } from 'node:fs';
import type { VersionMarker } from '../../lib/aws/arguments/list-arguments.js';

export interface Deletion {
  readonly Key: string;
  readonly VersionId?: string;
}

const COMMANDS = ['s3', 's3api', 'sts', '--version'];
/** The options of `aws s3` whose value is an argument of its own. */
const WITH_VALUE = ['--sse-c', '--sse-c-key', '--storage-class', '--content-type'];

export class AwsArguments {
  /** The arguments from the command on, without the global options before it. */
  readonly all: readonly string[];

  constructor(argv: readonly string[]) {
    this.all = argv.slice(argv.findIndex((it) => COMMANDS.includes(it)));
  }

  /** One of `COMMANDS`. */
  get command(): string {
    return this.all[0] ?? '';
  }

  get operation(): string {
    return this.all[1] ?? '';
  }

  has(argument: string): boolean {
    return this.all.includes(argument);
  }

  /** The value of `--name=value`; '' if there is none. */
  option(name: string): string {
    return this.all.find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  }

  /** The value of `--name value`; '' if there is none. */
  after(option: string): string {
    return this.all[this.all.indexOf(option) + 1] ?? '';
  }

  /** The source and destination of `aws s3`, each a path or a URL; '' if there is none. */
  get sourceAndDestination(): readonly [from: string, to: string] {
    const args = this.all.slice(2);
    const [from = '', to = ''] = args.filter(
      (it, at) => !it.startsWith('--') && !WITH_VALUE.includes(args[at - 1] ?? ''),
    );
    return [from, to];
  }

  /** The bucket of the first `s3://` URL among the arguments. */
  get bucket(): string | undefined {
    return this.all.find((it) => it.startsWith('s3://'))?.split('/')[2];
  }

  get exclusions(): string[] {
    return this.all.flatMap((it) => (it.startsWith('--exclude=') ? [it.slice('--exclude='.length)] : []));
  }

  /** What `delete-objects` has to delete. */
  get deletions(): readonly Deletion[] {
    const file = this.after('--delete').replace(/^file:\/\//, '');
    return (JSON.parse(readFileSync(file, 'utf8')) as { Objects: Deletion[] }).Objects;
  }

  /** The version after which a page of `list-object-versions` begins. */
  get marker(): VersionMarker | undefined {
    const input = this.after('--cli-input-json');
    const { KeyMarker: key, VersionIdMarker: versionId } = (
      input.startsWith('{') ? JSON.parse(input) : {}
    ) as { KeyMarker?: string; VersionIdMarker?: string };
    return key === undefined ? undefined : { key, versionId: versionId ?? null };
  }
}

/** The key in `s3://bucket/KEY`. */
export function keyIn(url: string): string {
  return url.replace(/^s3:\/\/[^/]*\//, '');
}
