// Plain http to this machine is plain to whoever listens there: any local user may bind a free port from 1024 on, and
// would be handed the key by the first request. So the one who listens has to be this user or root.
//
// The AWS CLI connects some time after each check, and again and again in a call that sends many files. What remains: a
// service that ends after the check, and whose port somebody takes at once. Only https tells that.
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';

/** Where Linux lists the sockets of this network namespace. */
const TABLE = '/proc/net/tcp';
const TABLE_OF_IPV6 = '/proc/net/tcp6';
/** The first port that every user may bind: 1024, or less in a container. */
const UNPRIVILEGED_FROM = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
/** A socket's state in the tables. */
const LISTENS = '0A';
/** The beginning of IPv4 addresses among those of IPv6. */
const MAPPED = '00000000000000000000ffff';

/** A socket that listens. */
interface Listener {
  /** In hexadecimal digits, those of IPv4 as IPv6 has them. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
}

/** How listeners are found; replaced by tests. */
export interface Sockets {
  /** The content of each of Linux's tables. @throws what reading them throws */
  readonly tables: () => readonly string[];
  /** The effective user of this process. */
  readonly user: () => number | undefined;
  /** The first port that every user may bind. */
  readonly unprivilegedFrom: () => number;
}

const THIS_MACHINE: Sockets = {
  tables: () => [readFileSync(TABLE, 'latin1'), tableOfIpv6()],
  user: () => process.geteuid?.(),
  unprivilegedFrom: () => Math.min(1024, firstUnprivilegedPort()),
};

/** What is known of an address of this machine. */
interface Look {
  readonly listeners: readonly Listener[];
  /** Why nothing secret may go there. */
  readonly problem?: BackupError;
}

/**
 * The endpoint, with an address in the place of `localhost`, which stands for two: one where somebody listens who may
 * be trusted, so that whoever binds the other one later is not asked.
 * @throws {BackupError} if plain http would go to nobody, or to another user's program
 */
export function assertTrustedListener(
  endpointUrl: string | undefined,
  sockets = THIS_MACHINE,
): string | undefined {
  const url = plainUrl(endpointUrl);
  if (url === undefined) return endpointUrl;
  const hosts = url.hostname === 'localhost' ? ['127.0.0.1', '[::1]'] : [url.hostname];
  const looks = hosts.map((hostname) => {
    url.hostname = hostname;
    return { endpoint: url.href.replace(/\/$/, ''), ...look(url, sockets) };
  });
  const best =
    looks.find(({ problem }) => problem === undefined) ??
    looks.find(({ listeners }) => listeners.length > 0) ??
    looks[0];
  if (best?.problem !== undefined) throw best.problem;
  return best?.endpoint;
}

function plainUrl(endpointUrl: string | undefined): URL | undefined {
  const url = endpointUrl === undefined ? undefined : new URL(endpointUrl);
  return url?.protocol === 'http:' ? url : undefined;
}

/** Who listens at an address of this machine, and why it must not get the key. */
function look(url: URL, sockets: Sockets): Look {
  const port = Number(url.port || 80);
  let listeners: readonly Listener[];
  try {
    const addresses = addressesOf(url.hostname);
    listeners = sockets
      .tables()
      .flatMap(listenersIn)
      .filter((it) => it.port === port && addresses.includes(it.address));
  } catch (error) {
    const what = `Who listens at ${url.origin} can't be found out: ${describeError(error)}.`;
    return { listeners: [], problem: new BackupError(what, { hint: `See ${TABLE}, or use https.` }) };
  }
  if (listeners.length === 0) {
    const hint = 'Start the service there. If a firewall rule passes the port on, use its https address.';
    return { listeners, problem: new BackupError(`Nobody listens at ${url.origin}.`, { hint }) };
  }
  // Only root can have bound it.
  if (port < sockets.unprivilegedFrom()) return { listeners };
  // All of them: with several, the kernel may choose any, or the next one when the first one ends.
  const other = listeners.find(({ uid }) => uid !== 0 && uid !== sockets.user());
  if (other === undefined) return { listeners };
  const problem = new BackupError(
    `The program that listens at ${url.origin} is another user's (uid ${other.uid}): it would get the encryption key, which plain http does not protect.`,
    {
      hint: 'Use its https address; or have it run as this user or root, or listen at a port below 1024.',
    },
  );
  return { listeners, problem };
}

/** The addresses at which a socket gets what is sent to an address of this machine. */
function addressesOf(hostname: string): string[] {
  const everywhere = '0'.repeat(32);
  if (hostname === '[::1]') return [`${'0'.repeat(31)}1`, everywhere];
  const digits = Buffer.from(hostname.split('.').map(Number)).toString('hex');
  return [`${MAPPED}${digits}`, `${MAPPED}00000000`, everywhere];
}

function listenersIn(table: string): Listener[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , uid] = line.trim().split(/\s+/);
      if (state !== LISTENS) return [];
      const [address = '', port = ''] = local.split(':');
      return [{ address: inOrder(address), port: Number.parseInt(port, 16), uid: Number(uid) }];
    });
}

/** The tables have each four bytes of an address as a number of this machine. */
function inOrder(address: string): string {
  const words = address.match(/.{8}/g) ?? [];
  const ordered = words.map((word) => {
    const bytes = Buffer.from(word, 'hex');
    return (endianness() === 'LE' ? bytes.reverse() : bytes).toString('hex');
  });
  return `${ordered.length === 1 ? MAPPED : ''}${ordered.join('')}`;
}

/** Empty where the kernel has no IPv6. */
function tableOfIpv6(): string {
  try {
    return readFileSync(TABLE_OF_IPV6, 'latin1');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function firstUnprivilegedPort(): number {
  try {
    return Number.parseInt(readFileSync(UNPRIVILEGED_FROM, 'latin1'), 10);
  } catch {
    return 1024;
  }
}
