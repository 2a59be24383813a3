import { access, constants } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type kafka from '@confluentinc/kafka-javascript';
import { ConfigError, UnavailableError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import type { ClientSettings } from './client-settings.ts';
import type { LibrdkafkaError } from './kafka-error.ts';

type Client = kafka.KafkaConsumer | kafka.Producer;

/** After this the process may end without a client's farewell: the broker's session time-out does the rest. */
const disconnectTimeoutMs = 10_000;

/** Node cannot end while the client waits for an answer; so that Ctrl-C is not deaf until we give up, it asks anew. */
const attemptMs = 5_000;

const pauseMs = 500;

/** After so long without an answer it is said what is waited for. */
const silenceMs = 3_000;

/** Clients that a broker has answered. */
const answered = new WeakSet<Client>();

/**
 * Resolves when a broker has answered. Throws UnavailableError after the time-out, or when `closing` is aborted: it
 * says which brokers were asked and what the last trouble was. Throws ConfigError for files that cannot be read.
 *
 * @param logger told what is waited for when that takes a while; of several clients one is enough
 */
export async function connectClient(
  client: Client,
  settings: ClientSettings,
  closing: AbortSignal,
  logger?: Logger,
): Promise<void> {
  await checkFiles(settings.tls);
  const notice = setTimeout(() => logger?.warn({ code: 'broker-unreachable' }, waiting(settings)), silenceMs);
  try {
    await connectInTime(client, settings, closing);
  } finally {
    clearTimeout(notice);
  }
  answered.add(client);
  if (closing.aborted) client.disconnect();
}

async function connectInTime(client: Client, settings: ClientSettings, closing: AbortSignal): Promise<void> {
  const giveUpAt = performance.now() + settings.connectTimeoutMs;
  for (;;) {
    const leftMs = giveUpAt - performance.now();
    const trouble = await connectOnce(client, Math.ceil(Math.min(attemptMs, leftMs)));
    if (trouble === undefined) return;
    if (closing.aborted || leftMs <= attemptMs) throw unreachable(settings, trouble);
    // Some faults (a file of certificates that holds none) are answered at once.
    await sleep(pauseMs);
  }
}

function waiting({ bootstrapServers, connectTimeoutMs }: ClientSettings): string {
  const servers = bootstrapServers.join(', ');
  return `no Kafka broker has answered at ${servers} for ${silenceMs / 1_000} s: waiting for up to ${connectTimeoutMs / 1_000} s`;
}

/** The client tells neither which file it could not read nor why. */
async function checkFiles(tls: ClientSettings['tls']): Promise<void> {
  if (typeof tls === 'boolean') return;
  for (const option of ['caFile', 'certificateFile', 'keyFile'] as const) {
    const file = tls[option];
    if (file === undefined) continue;
    try {
      await access(file, constants.R_OK);
    } catch (cause) {
      throw new ConfigError(`tls.${option}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
        cause,
      });
    }
  }
}

/** Returns what was wrong, if anything. */
async function connectOnce(client: Client, timeout: number): Promise<LibrdkafkaError | undefined> {
  const typed = client as kafka.KafkaConsumer;
  let detail: string | undefined;
  // The errors of the client say no more than "broker transport failure": why is in its log alone.
  const note = ({ fac, message }: { fac: string; message: string }): void => {
    if (fac === 'FAIL' || fac === 'OIDC') detail = message.replace(/^\[thrd:[^\]]*\]: /, '');
  };
  typed.on('event.log', note);
  try {
    return await new Promise((resolve) => {
      typed.connect({ allTopics: false, timeout }, (error) =>
        resolve(error ? { code: error.code, message: detail ?? error.message } : undefined),
      );
    });
  } finally {
    typed.removeListener('event.log', note);
  }
}

/** Leaves the group and closes the connections, within a bound; at once when no broker has ever answered. */
export async function disconnectClient(
  client: Client,
  logger: Logger,
  patienceMs = disconnectTimeoutMs,
): Promise<void> {
  if (!answered.has(client) || !client.isConnected()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    logger.warn({ code: 'broker-unreachable' }, `the broker did not confirm the end within ${patienceMs / 1_000} s`);
    resolve();
  }, patienceMs);
  client.disconnect(() => resolve());
  await promise;
  clearTimeout(timer);
}

function unreachable(settings: ClientSettings, cause: LibrdkafkaError): UnavailableError {
  const servers = settings.bootstrapServers.join(', ');
  const seconds = settings.connectTimeoutMs / 1_000;
  return new UnavailableError(
    'broker-unreachable',
    `no Kafka broker answered at ${servers} within ${seconds} s (${cause.message}): check the addresses, the network and the security settings`,
    { cause },
  );
}
