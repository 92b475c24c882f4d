import { randomBytes } from 'node:crypto';

/** The values in Ceph's files. */
export interface CephSettings {
  /** The directory of all data and logs. */
  readonly directory: string;
  readonly clusterId: string;
  readonly ports: CephPorts;
}

export interface CephPorts {
  readonly monitor: number;
  readonly monitorV1: number;
  readonly tls: number;
  readonly plain: number;
}

/** The monitor's addresses in the notation that `ceph.conf` and `monmaptool` share. */
export function monitorAddresses({ monitor, monitorV1 }: CephPorts): string {
  return `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${monitorV1}]`;
}

/**
 * `ceph.conf` of the smallest cluster in which RGW works: one monitor and one OSD that
 * keeps everything in memory. There is no manager: only statistics need one.
 * Logs go to stderr, pid files and admin sockets are off (a socket's path may be too
 * long), and nothing outside the directory is written.
 */
export function cephConf({ directory, clusterId, ports }: CephSettings): string {
  return `[global]
fsid = ${clusterId}
mon initial members = x
mon host = ${monitorAddresses(ports)}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = ${directory}/keyring
run dir = ${directory}
crash dir = ${directory}
pid file =
admin socket =
log file =
log to stderr = true
mon cluster log file = ${directory}/cluster.log

# One copy on one OSD, and few placement groups.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000

# Start quickly, also on a disk that is nearly full.
paxos propose interval = 0.05
paxos min wait = 0.01
mon tick interval = 1
mon data avail crit = 1

[mon]
mon data = ${directory}/mon

[osd]
osd data = ${directory}/osd
osd objectstore = memstore
# A limit, not an allocation.
memstore device bytes = 17179869184

[client]
rgw data = ${directory}
rgw frontends = beast endpoint=127.0.0.1:${ports.plain} ssl_endpoint=127.0.0.1:${ports.tls} ssl_certificate=${directory}/server.pem
rgw thread pool size = 64
rgw dynamic resharding = false
# One setting for both ports: without it SSE-C is refused on the plain one.
rgw crypt require ssl = false
`;
}

/** The keyring of all daemons and the administrator. Without authentication radosgw hangs. */
export function cephKeyring(): string {
  return `[mon.]
key = ${cephKey()}
caps mon = "allow *"
[client.admin]
key = ${cephKey()}
caps mon = "allow *"
caps osd = "allow *"
[osd.0]
key = ${cephKey()}
caps mon = "allow profile osd"
caps osd = "allow *"
[client.rgw.x]
key = ${cephKey()}
caps mon = "allow rw"
caps osd = "allow rwx"
`;
}

/** A fresh key in Ceph's format: type 1 (AES), creation time, length, 16 random bytes, little-endian. */
function cephKey(): string {
  const header = Buffer.alloc(12);
  header.writeUInt16LE(1, 0);
  header.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  header.writeUInt16LE(16, 10);
  return Buffer.concat([header, randomBytes(16)]).toString('base64');
}
