import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from './processes.js';

/**
 * The openssl configuration of a self-signed certificate. New versions of Python
 * check certificates strictly and require all of these extensions.
 */
const certificateConf = `[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = S3 test server
[extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = IP:127.0.0.1, DNS:localhost
`;

/** Makes `certificate.pem`, which clients trust, and `server.pem`, which holds the private key as well. */
export async function makeCertificate(processes: Processes, directory: string): Promise<void> {
  await writeFile(join(directory, 'certificate.conf'), certificateConf);
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem'];
  const output = ['-config', 'certificate.conf', '-out', 'certificate.pem'];
  await processes.run('openssl', ['req', '-x509', '-days', '30', ...key, ...output]);
  const parts = ['certificate.pem', 'key.pem'].map((name) => readFile(join(directory, name), 'utf8'));
  await writeFile(join(directory, 'server.pem'), (await Promise.all(parts)).join(''), { mode: 0o600 });
}
