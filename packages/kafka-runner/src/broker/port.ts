/** One partition of a topic, Kafka's unit of ownership within a consumer group. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as Kafka delivered it. */
export interface ConsumedRecord extends TopicPartition {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The last value wins when a header is repeated. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, as the producer or the broker set it. */
  readonly timestampMs: number | undefined;
}

/** A record to be sent. */
export interface ProducedRecord {
  readonly topic: string;
  readonly value: string | Buffer;
  readonly key?: Buffer | string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is committed for a partition: `offset` is the next one to read. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** What a consumer tells the one who started it. Called in the order in which Kafka says it. */
export interface ConsumerListener {
  assigned(partitions: readonly TopicPartition[]): void;
  /** Nothing more may be done for these partitions: they belong to somebody else as soon as this returns. */
  revoked(partitions: readonly TopicPartition[]): void;
  record(record: ConsumedRecord): void;
}

/** Reads a topic, as a member of a group or alone. */
export interface Consumer extends AsyncDisposable {
  /** Resolves when a broker has answered. Throws UnavailableError `broker-unreachable` after the time-out. */
  connect(): Promise<void>;
  /** Starts to read; `listener` is called from now on until `close`. */
  start(listener: ConsumerListener): Promise<void>;
  /** No new records for these partitions, though one that is on its way may still arrive. */
  pause(): void;
  resume(): void;
  /** Stops delivering records but stays in the group, so that running jobs can still be committed. */
  stop(): void;
  /** Resolves when the group has stored the position. Throws UnavailableError. */
  commit(position: Position): Promise<void>;
  /** Leaves the group. Never throws, never takes longer than a few seconds. */
  close(): Promise<void>;
}

/** Sends records. */
export interface Producer extends AsyncDisposable {
  connect(): Promise<void>;
  /** Resolves when all in-sync replicas have it. Throws UnavailableError, or FailedError `record-too-large`. */
  send(record: ProducedRecord): Promise<void>;
  /** Sends what is under way for up to a few seconds. Never throws. */
  close(): Promise<void>;
}
