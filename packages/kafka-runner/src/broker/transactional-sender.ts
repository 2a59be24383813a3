import kafka from '@confluentinc/kafka-javascript';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logging/logger.ts';
import { BrokerTrouble } from './broker-trouble.ts';
import { librdkafkaConfig, type ClientSettings } from './client-settings.ts';
import { connectClient, disconnectClient } from './connection.ts';
import { toJobError, type LibrdkafkaError } from './kafka-error.ts';
import type { TopicPartition } from './port.ts';
import type { RawContent, RawHeader } from './raw-record.ts';

export interface TransactionalSenderSettings {
  readonly client: ClientSettings;
  readonly clientId: string;
  /** Of all senders that were opened with it, only the last one can send. */
  readonly transactionalId: string;
  readonly logger: Logger;
}

/** Another sender of the same transactional id was opened: this one can send nothing any more. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

const codes = kafka.CODES.ERRORS;

/** Told of a fence in the middle of a transaction, the client afterwards says no more than that it cannot go on. */
const fencedCodes: readonly number[] = [
  codes.ERR__FATAL,
  codes.ERR__FENCED,
  codes.ERR_PRODUCER_FENCED,
  codes.ERR_INVALID_PRODUCER_EPOCH,
  codes.ERR_TRANSACTION_COORDINATOR_FENCED,
];

/** What an abort says of records that had not been sent: why, another one says. */
const purged: readonly number[] = [codes.ERR__PURGE_QUEUE, codes.ERR__PURGE_INFLIGHT];

const answerMs = 60_000;

/** An open transaction holds back every reader of its topics: that of a killed sender ends after this. */
const transactionTimeoutMs = 10_000;

/** Sends records byte for byte, several at once or none. */
export class TransactionalSender implements AsyncDisposable {
  readonly #settings: TransactionalSenderSettings;
  readonly #client: kafka.Producer;
  #refusal: LibrdkafkaError | undefined;

  private constructor(settings: TransactionalSenderSettings) {
    this.#settings = settings;
    this.#client = new kafka.Producer({
      ...librdkafkaConfig(settings.client, settings.clientId),
      'transactional.id': settings.transactionalId,
      'transaction.timeout.ms': transactionTimeoutMs,
      'message.timeout.ms': transactionTimeoutMs,
      'message.max.bytes': 100_000_000,
      dr_cb: (error: LibrdkafkaError | null) => {
        if (error && !purged.includes(error.code)) this.#refusal ??= error;
      },
    });
  }

  /**
   * Fences every other sender of this transactional id. When it resolves, their transactions are over: committed or
   * aborted, for good.
   */
  static async open(settings: TransactionalSenderSettings): Promise<TransactionalSender> {
    const sender = new TransactionalSender(settings);
    await connectClient(sender.#client, settings.client, new AbortController().signal);
    const trouble = new BrokerTrouble(settings.logger);
    sender.#client.on('event.error', (error) => {
      // A fence is no trouble of a broker's, and has no code of its own here; the next call throws FencedError.
      if (!error.message.includes('fenced')) trouble.report(error);
    });
    sender.#client.setPollInBackground(true);
    await sender.#call(`begin as ${settings.transactionalId}`, (done) =>
      sender.#client.initTransactions(answerMs, done),
    );
    return sender;
  }

  /**
   * Sends all of them in one transaction. Throws FailedError `record-too-large`, UnavailableError or FencedError:
   * then none of them was sent, unless the message says that this is uncertain.
   */
  async send(records: readonly (TopicPartition & RawContent)[]): Promise<void> {
    const error = await this.#trySend(records);
    if (error === undefined) return;
    // What a transaction before this one could not send left a gap in the client's sequence; to abort mends it. A new
    // client must not do it: it would take over from whoever has taken over from us.
    const again = isSequenceGap(error) ? await this.#trySend(records) : error;
    if (again !== undefined) throw again;
  }

  /** Returns why it was not sent. */
  async #trySend(records: readonly (TopicPartition & RawContent)[]): Promise<Error | undefined> {
    this.#refusal = undefined;
    try {
      await this.#call('begin a transaction', (done) => this.#client.beginTransaction(done));
      for (const record of records) this.#produce(record);
      await this.#commit();
      return undefined;
    } catch (error) {
      await this.#abort(error);
      return this.#refusal ? this.#failure(this.#refusal, 'send') : (error as Error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disconnectClient(this.#client, this.#settings.logger);
  }

  #produce({ topic, partition, key, value, headers }: TopicPartition & RawContent): void {
    try {
      this.#client.produce(topic, partition, value, key, null, undefined, headers.map(toHeader));
    } catch (error) {
      throw this.#failure(error as LibrdkafkaError, `send to ${topic}/${partition}`);
    }
  }

  /** Whether a commit without an answer took place only the next sender of this id can know. */
  async #commit(): Promise<void> {
    await this.#call('commit; uncertain whether it was sent', (done) => {
      this.#client.commitTransaction(answerMs, done);
    });
  }

  /** What cannot be aborted is aborted by the broker when its time is over, or by the next sender of this id. */
  async #abort(because: unknown): Promise<void> {
    if (because instanceof FencedError) return;
    await this.#call('abort', (done) => this.#client.abortTransaction(answerMs, done)).catch((error: Error) => {
      this.#settings.logger.debug({ err: error }, 'the transaction is left to the broker');
    });
  }

  #call(doing: string, call: (done: (error: LibrdkafkaError | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      call((error) => (error ? reject(this.#failure(error, doing)) : resolve()));
    });
  }

  #failure(error: LibrdkafkaError, doing: string): Error {
    if (fencedCodes.includes(error.code)) {
      const { transactionalId } = this.#settings;
      return new FencedError(`another sender took over as ${transactionalId} (${error.message})`, { cause: error });
    }
    if (typeof error.code === 'number') return toJobError(error, doing);
    return new UnavailableError('broker-unreachable', `Kafka: ${doing}: ${error.message}`, { cause: error });
  }
}

function isSequenceGap({ cause }: Error): boolean {
  return (cause as LibrdkafkaError | undefined)?.code === codes.ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
}

/** The client would send an empty buffer as null. */
function toHeader([name, value]: RawHeader): kafka.MessageHeader {
  return { [name]: value.length === 0 ? '' : value };
}
