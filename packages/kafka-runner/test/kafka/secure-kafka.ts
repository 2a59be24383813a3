import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'node:test';
import { freePort } from '../../../../lab/free-port.ts';
import { startLab, type KafkaSettings, type LabKafka } from '../../../../lab/lab.ts';
import { secret } from '../../../../lab/secrets.ts';
import { runPython } from '../../../../lab/python.ts';

/** A Kafka with a second listener that wants TLS and a login. */
export interface SecureKafka {
  /** The one without any: for the test itself. */
  readonly kafka: LabKafka;
  /** `host:port` of the listener with TLS and SASL. */
  readonly secureServer: string;
  /** The authority that the broker's certificate comes from, and one that it does not. */
  readonly caFile: string;
  readonly otherCaFile: string;
  readonly username: string;
  /** For PLAIN and SCRAM-SHA-256 alike. */
  readonly password: string;
}

const username = 'worker';
const password = secret('do-not-show-this');

/** Starts it, with certificates of its own; it ends with the test. */
export async function startSecureKafka(t: TestContext): Promise<SecureKafka> {
  const folder = await mkdtemp(path.join(tmpdir(), 'certificates-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = (name: string): string => path.join(folder, name);
  await makeAuthority(folder, 'ca');
  await makeAuthority(folder, 'other');
  await makeServerKey(folder);
  const port = await freePort();
  const lab = await startLab({ minio: false, kafka: secureSettings(port, file('server.pem')) });
  t.after(() => lab[Symbol.asyncDispose]());
  const [bootstrap = ''] = lab.kafka.bootstrapServers;
  await runPython(path.join(import.meta.dirname, 'add_scram_user.py'), [bootstrap, username, password]);
  const files = { caFile: file('ca.crt'), otherCaFile: file('other.crt') };
  return { kafka: lab.kafka, secureServer: `127.0.0.1:${port}`, ...files, username, password };
}

/** https://kafka.apache.org/42/security/authentication-using-sasl/ */
function secureSettings(securePort: number, keystore: string): KafkaSettings {
  const jaas = 'org.apache.kafka.common.security';
  const secure = `SASL_SSL://127.0.0.1:${securePort}`;
  return {
    properties: ({ port, controllerPort }) => ({
      listeners: `PLAINTEXT://127.0.0.1:${port},${secure},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},${secure}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${jaas}.plain.PlainLoginModule required user_${username}="${password}";`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
    }),
  };
}

const run = promisify(execFile);

async function makeAuthority(folder: string, name: string): Promise<void> {
  const subject = ['-subj', `/CN=${name}`, '-days', '2'];
  await run('openssl', ['req', '-x509', ...newKey, ...subject, '-keyout', `${name}.key`, '-out', `${name}.crt`], {
    cwd: folder,
  });
}

/** A key and a certificate for 127.0.0.1, in one file as the broker reads them. */
async function makeServerKey(folder: string): Promise<void> {
  const request = ['-subj', '/CN=broker', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-new', ...newKey, ...request, '-keyout', 'server.key', '-out', 'server.csr'], {
    cwd: folder,
  });
  const sign = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy'];
  await run('openssl', ['x509', '-req', ...sign, '-in', 'server.csr', '-out', 'server.crt'], { cwd: folder });
  const parts = await Promise.all(
    ['server.key', 'server.crt'].map((name) => readFile(path.join(folder, name), 'utf8')),
  );
  await writeFile(path.join(folder, 'server.pem'), parts.join(''));
}

const newKey = ['-newkey', 'rsa:2048', '-nodes'] as const;
