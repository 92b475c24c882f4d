// Answers the calls that prove SSE-C, in scenarios: a run stores and reads a probe object before it uploads a file. The
// replies are those of a server that honours SSE-C.

import type { FakeCall } from './call-server.js';
import { withoutKey, withWrongKey } from './replies.js';
import type { Reply } from './scenario.js';

const PROBE = /backup\.info\/probe\/\w+$/;

export class Probes {
  readonly #stored = new Map<string, { readonly content: string; readonly key: string | null }>();

  /** @param key SHA-256 of the call's encryption key. @returns `undefined` for a call that concerns another object */
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
