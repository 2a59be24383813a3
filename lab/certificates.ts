import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Files in PEM, for servers on 127.0.0.1 and a client of theirs; valid for two days. */
export interface Certificates extends AsyncDisposable {
  /** The authority that all certificates here come from, and one that they do not. */
  readonly caFile: string;
  readonly otherCaFile: string;
  readonly serverCertificateFile: string;
  readonly serverKeyFile: string;
  /** Key and certificate in one file, as Kafka reads them. */
  readonly serverBothFile: string;
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

/** Makes them with openssl, in a folder of their own; disposing removes it. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(path.join(tmpdir(), 'certificates-'));
  const file = (name: string): string => path.join(folder, name);
  await makeAuthority(folder, 'ca');
  await makeAuthority(folder, 'other');
  await makeKey(folder, 'server', ['-subj', '/CN=server', '-addext', 'subjectAltName=IP:127.0.0.1']);
  await makeKey(folder, 'client', ['-subj', '/CN=client']);
  const parts = await Promise.all(['server.key', 'server.crt'].map((name) => readFile(file(name), 'utf8')));
  await writeFile(file('server.pem'), parts.join(''));
  return {
    caFile: file('ca.crt'),
    otherCaFile: file('other.crt'),
    serverCertificateFile: file('server.crt'),
    serverKeyFile: file('server.key'),
    serverBothFile: file('server.pem'),
    clientCertificateFile: file('client.crt'),
    clientKeyFile: file('client.key'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const newKey = ['-newkey', 'rsa:2048', '-nodes'] as const;

async function makeAuthority(folder: string, name: string): Promise<void> {
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  await openssl(folder, ['req', '-x509', ...newKey, ...subject, '-keyout', `${name}.key`, '-out', `${name}.crt`]);
}

async function makeKey(folder: string, name: string, request: readonly string[]): Promise<void> {
  await openssl(folder, ['req', '-new', ...newKey, ...request, '-keyout', `${name}.key`, '-out', `${name}.csr`]);
  const sign = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy'];
  await openssl(folder, ['x509', '-req', ...sign, '-in', `${name}.csr`, '-out', `${name}.crt`]);
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args, { cwd });
}
