// The object that is stored and read before anything private is, of the fake `aws` that plays a scenario: it is
// treated as by a server that honours SSE-C.
import { withoutKey, withWrongKey } from './replies.js';
import type { FakeCall } from './resident.js';
import type { Reply } from './scenario.js';

const PROBE = /backup\.info\/probe\/\w+$/;

export class Probes {
  readonly #stored = new Map<string, { readonly content: string; readonly key: string | null }>();

  /** @param key SHA-256 of the one that is given. @returns `undefined` for a call that is about another object */
  async reply(call: FakeCall, key: string | null): Promise<Reply | undefined> {
    const { argv } = call;
    const [name] = argv.flatMap((it) => PROBE.exec(it) ?? []);
    if (name === undefined) return undefined;
    if (argv.includes('cp') && argv[argv.indexOf('cp') + 1] === '-') {
      this.#stored.set(name, { content: await call.input(), key });
      return { args: argv };
    }
    const object = this.#stored.get(name);
    if (argv.includes('delete-object')) return { args: argv };
    if (key === null) return { ...withoutKey, args: argv };
    if (object?.key !== key) return { ...withWrongKey, args: argv };
    return { args: argv, stdout: argv.includes('head-object') ? 'None\n' : object.content };
  }
}
