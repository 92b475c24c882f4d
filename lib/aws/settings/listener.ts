// Checks who listens at an endpoint of plain http on this machine. It has to be this user or root: any local user may
// bind a free port from 1024 on, and would get the key with the first request. One risk remains: the AWS CLI connects
// some time after the check, and repeatedly during a long call. If the service ends meanwhile, another user may take
// its port. Only https protects from that.
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { BackupError, describeError, errnoOf } from '../../cli/errors.js';

/** Linux's lists of the sockets in this network namespace. */
const TABLE = '/proc/net/tcp';
const TABLE_OF_IPV6 = '/proc/net/tcp6';
/** Holds the first port that every user may bind: 1024, or less in a container. */
const UNPRIVILEGED_FROM = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
/** The state of a socket that listens. */
const LISTENS = '0A';
/** How an IPv4 address begins as an IPv6 address. */
const MAPPED = '00000000000000000000ffff';

/** A socket that listens. */
interface Listener {
  /** In hexadecimal digits; an IPv4 address in its IPv6 form. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
}

/** The source of the listeners, which tests replace. */
export interface Sockets {
  /** The content of Linux's lists. @throws the system's error */
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

/** The listeners at an address of this machine. */
interface Inspection {
  readonly listeners: readonly Listener[];
  /** Why the key must not be sent there. */
  readonly problem?: BackupError;
}

/**
 * The endpoint, with `localhost` replaced by an address at which a trusted program listens: the name stands for two
 * addresses, and another user may bind the other one later.
 * @throws {BackupError} if nobody listens at a plain http endpoint, or another user's program does
 */
export function assertTrustedListener(
  endpointUrl: string | undefined,
  sockets = THIS_MACHINE,
): string | undefined {
  const url = plainUrl(endpointUrl);
  if (url === undefined) return endpointUrl;
  const hosts = url.hostname === 'localhost' ? ['127.0.0.1', '[::1]'] : [url.hostname];
  const findings = hosts.map((hostname) => {
    url.hostname = hostname;
    return { endpoint: url.href.replace(/\/$/, ''), ...inspect(url, sockets) };
  });
  const best =
    findings.find(({ problem }) => problem === undefined) ??
    findings.find(({ listeners }) => listeners.length > 0) ??
    findings[0];
  if (best?.problem !== undefined) throw best.problem;
  return best?.endpoint;
}

function plainUrl(endpointUrl: string | undefined): URL | undefined {
  const url = endpointUrl === undefined ? undefined : new URL(endpointUrl);
  return url?.protocol === 'http:' ? url : undefined;
}

function inspect(url: URL, sockets: Sockets): Inspection {
  const port = Number(url.port || 80);
  let listeners: readonly Listener[];
  try {
    const addresses = addressesOf(url.hostname);
    listeners = sockets
      .tables()
      .flatMap(listenersIn)
      .filter((it) => it.port === port && addresses.includes(it.address));
  } catch (error) {
    const what = `Can't check whose program listens at ${url.origin}: ${TABLE} can't be read (${describeError(error)}).`;
    return { listeners: [], problem: new BackupError(what, { hint: 'Use its https address.' }) };
  }
  if (listeners.length === 0) {
    const hint = 'Start the service there. If a firewall rule forwards the port, use its https address.';
    return { listeners, problem: new BackupError(`No program listens at ${url.origin}.`, { hint }) };
  }
  // Only root can bind it.
  if (port < sockets.unprivilegedFrom()) return { listeners };
  // All of them must be trusted, since the kernel may choose any.
  const other = listeners.find(({ uid }) => uid !== 0 && uid !== sockets.user());
  if (other === undefined) return { listeners };
  const problem = new BackupError(
    `The program that listens at ${url.origin} belongs to another user (uid ${other.uid}), who would get the encryption key by plain http.`,
    {
      hint: 'Use its https address; or run it as this user or root, or at a port below 1024.',
    },
  );
  return { listeners, problem };
}

/** The addresses to which a socket may be bound that receives what is sent to `hostname`. */
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
      return [{ address: inNetworkOrder(address), port: Number.parseInt(port, 16), uid: Number(uid) }];
    });
}

/** Linux's lists have each four bytes of an address as a number in this machine's byte order. */
function inNetworkOrder(address: string): string {
  const words = address.match(/.{8}/g) ?? [];
  const ordered = words.map((word) => {
    const bytes = Buffer.from(word, 'hex');
    return (endianness() === 'LE' ? bytes.reverse() : bytes).toString('hex');
  });
  return `${ordered.length === 1 ? MAPPED : ''}${ordered.join('')}`;
}

/** Empty if the kernel has no IPv6. */
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
