import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CephPorts, cephConf, cephKeyring, monitorAddresses } from './ceph-conf.js';
import { makeCertificate } from './certificate.js';
import type { Account } from './client-environment.js';
import type { Processes } from './processes.js';

/** Starts the daemons in the order of their dependencies, and resolves when the server answers. */
export async function startCluster(
  processes: Processes,
  directory: string,
  ports: CephPorts,
  accounts: { main: Account; other: Account },
): Promise<void> {
  const clusterId = randomUUID();
  const osdId = randomUUID();
  const conf = ['-c', join(directory, 'ceph.conf')];
  await writeFile(join(directory, 'ceph.conf'), cephConf({ directory, clusterId, ports }));
  await writeFile(join(directory, 'keyring'), cephKeyring(), { mode: 0o600 });
  await mkdir(join(directory, 'mon'));
  await mkdir(join(directory, 'osd'));
  // Debian 13's ceph-osd looks for its plug-ins in lib/…, relative to the current folder.
  await symlink('/usr/lib', join(directory, 'lib'));

  const addresses = monitorAddresses(ports);
  await processes.run('monmaptool', ['--create', '--fsid', clusterId, '--addv', 'x', addresses, 'monmap']);
  const mkfs = ['--mkfs', '-i', 'x', '--monmap', 'monmap', '--keyring', 'keyring'];
  await processes.run('ceph-mon', [...conf, ...mkfs]);
  processes.startDaemon('ceph-mon', [...conf, '-i', 'x', '-f']);
  await Promise.all([
    makeCertificate(processes, directory),
    processes.run('ceph', [...conf, 'osd', 'new', osdId]),
  ]);
  await processes.run('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', osdId]);
  processes.startDaemon('ceph-osd', [...conf, '-i', '0', '-f']);

  const admin = (...args: string[]) => processes.run('radosgw-admin', [...conf, ...args]);
  for (const { name, accessKeyId, secretAccessKey } of Object.values(accounts)) {
    const keys = ['--access-key', accessKeyId, '--secret', secretAccessKey];
    await admin('user', 'create', '--uid', name, '--display-name', name, ...keys);
  }
  // Without these two steps the storage class is refused.
  const storageClass = ['--placement-id', 'default-placement', '--storage-class', 'STANDARD_IA'];
  await admin('zonegroup', 'placement', 'add', '--rgw-zonegroup', 'default', ...storageClass);
  const dataPool = ['--data-pool', 'default.rgw.buckets.data'];
  await admin('zone', 'placement', 'add', '--rgw-zone', 'default', ...storageClass, ...dataPool);

  processes.startDaemon('radosgw', [...conf, '-n', 'client.rgw.x', '-f']);
  await processes.orFailed(answers(`http://127.0.0.1:${ports.plain}/`, processes.failed));
}

/** Ports on the loopback interface that nobody listens on. */
export async function freePorts(): Promise<CephPorts> {
  // All listeners stay open until all ports are known, so that the ports differ.
  const listeners = await Promise.all(
    [0, 1, 2, 3].map(async () => {
      const listener = createServer().listen(0, '127.0.0.1');
      await once(listener, 'listening');
      return listener;
    }),
  );
  const ports = listeners.map((listener) => (listener.address() as { port: number }).port);
  await Promise.all(listeners.map((listener) => once(listener.close(), 'close')));
  const [monitor = 0, monitorV1 = 0, tls = 0, plain = 0] = ports;
  return { monitor, monitorV1, tls, plain };
}

/** Waits until the URL gives any answer. */
async function answers(url: string, giveUp: AbortSignal): Promise<void> {
  while (!giveUp.aborted) {
    try {
      await fetch(url);
      return;
    } catch {
      await sleep(20);
    }
  }
}
