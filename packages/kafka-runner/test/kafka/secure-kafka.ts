import path from 'node:path';
import type { TestContext } from 'node:test';
import { makeCertificates, type Certificates } from '../../../../lab/certificates.ts';
import { freePort } from '../../../../lab/free-port.ts';
import { startLab, type KafkaSettings, type Lab, type LabKafka } from '../../../../lab/lab.ts';
import { runPython } from '../../../../lab/python.ts';
import { secret } from '../../../../lab/secrets.ts';

/** A Kafka with two more listeners, of TLS: one wants a login, one a certificate of the client. */
export interface SecureKafka {
  readonly lab: Lab;
  /** The one without any: for the test itself. */
  readonly kafka: LabKafka;
  /** `host:port` of the listener with TLS and SASL. */
  readonly secureServer: string;
  /** `host:port` of the one that asks for a certificate. */
  readonly certificateServer: string;
  readonly certificates: Certificates;
  readonly username: string;
  /** For PLAIN and SCRAM alike. */
  readonly password: string;
}

const username = 'worker';
const password = secret('do-not-show-this');

export interface SecureKafkaOptions {
  /** Whether the lab has a MinIO, with TLS. Default: false. */
  readonly minio?: boolean;
  /** Whether what a user may do has to be said. The listener without a login may do everything. Default: false. */
  readonly acls?: boolean;
}

/** Starts it, with certificates of its own; it ends with the test. */
export async function startSecureKafka(
  t: TestContext,
  { minio = false, acls = false }: SecureKafkaOptions = {},
): Promise<SecureKafka> {
  const certificates = await makeCertificates();
  t.after(() => certificates[Symbol.asyncDispose]());
  const [saslPort, certificatePort] = [await freePort(), await freePort()];
  const lab = await startLab({
    minio: minio && { certificates },
    kafka: secureSettings({ saslPort, certificatePort }, certificates, acls ? authorizer : {}),
  });
  t.after(() => lab[Symbol.asyncDispose]());
  const [bootstrap = ''] = lab.kafka.bootstrapServers;
  await runPython(path.join(import.meta.dirname, 'add_scram_user.py'), [bootstrap, username, password]);
  const [secureServer, certificateServer] = [`127.0.0.1:${saslPort}`, `127.0.0.1:${certificatePort}`];
  return { lab, kafka: lab.kafka, secureServer, certificateServer, certificates, username, password };
}

/** https://kafka.apache.org/42/security/authorization-and-acls/ */
const authorizer = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

interface Ports {
  readonly saslPort: number;
  readonly certificatePort: number;
}

/** https://kafka.apache.org/42/security/authentication-using-sasl/ */
function secureSettings(
  { saslPort, certificatePort }: Ports,
  certificates: Certificates,
  more: Readonly<Record<string, string>>,
): KafkaSettings {
  const jaas = 'org.apache.kafka.common.security';
  const secure = `SASL_SSL://127.0.0.1:${saslPort},SSL://127.0.0.1:${certificatePort}`;
  const login = 'listener.name.sasl_ssl';
  return {
    properties: ({ port, controllerPort }) => ({
      listeners: `PLAINTEXT://127.0.0.1:${port},${secure},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},${secure}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      [`${login}.plain.sasl.jaas.config`]: `${jaas}.plain.PlainLoginModule required user_${username}="${password}";`,
      [`${login}.scram-sha-256.sasl.jaas.config`]: `${jaas}.scram.ScramLoginModule required;`,
      [`${login}.scram-sha-512.sasl.jaas.config`]: `${jaas}.scram.ScramLoginModule required;`,
      // Tokens without a signature: who issues them is looked at, and the broker reads what they say.
      [`${login}.oauthbearer.sasl.jaas.config`]: `${jaas}.oauthbearer.OAuthBearerLoginModule required;`,
      [`${login}.oauthbearer.sasl.server.callback.handler.class`]: `${jaas}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
      'listener.name.ssl.ssl.client.auth': 'required',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': certificates.serverBothFile,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificates.caFile,
      ...more,
    }),
  };
}
