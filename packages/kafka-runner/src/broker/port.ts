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
  /** When it was written, or arrived where its timestamp says nothing; by `monotonicSeconds` of this process. */
  readonly queuedSince: number;
}

/** A record to be sent. */
export interface ProducedRecord {
  readonly topic: string;
  /** Default: by the key, or any. */
  readonly partition?: number;
  readonly value: string | Buffer;
  readonly key?: Buffer | string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a record that was sent stands. */
export interface SentRecord extends TopicPartition {
  readonly offset: number;
}

/** What is committed for a partition: `offset` is the next one to read, `metadata` a text of at most 4095 bytes beside it. */
export interface Position extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

/** Where a partition that has just become ours goes on. */
export interface StartPosition extends TopicPartition {
  /** What the group has committed and the partition still holds, or where reading starts without a group. */
  readonly offset: number | undefined;
  readonly metadata: string;
}

/** What a consumer tells the one who started it. Called in the order in which Kafka says it, one at a time. */
export interface ConsumerListener {
  /** Records of these partitions arrive as soon as this returns. */
  assigned(partitions: readonly StartPosition[]): void;
  /** The partitions are being taken away: they belong to nobody else until this resolves. */
  revoked(partitions: readonly TopicPartition[]): Promise<void> | void;
  /** The group has heard nothing of us for too long: the partitions may be others' already, and nothing of ours is taken. */
  lost(partitions: readonly TopicPartition[]): void;
  record(record: ConsumedRecord): void;
  /** There is nothing to read of a partition below this offset any more: it may lie behind what is never delivered. */
  endReached(end: TopicPartition & { readonly offset: number }): void;
  /** The consumer cannot go on. A RestartError: a new one can. */
  failed(error: Error): void;
}

/** Reads a topic, as a member of a group or alone. */
export interface Consumer extends AsyncDisposable {
  /** Resolves when a broker has answered. Throws UnavailableError `broker-unreachable` after the time-out. */
  connect(): Promise<void>;
  /** Starts to read; `listener` is called from now on until `close`. */
  start(listener: ConsumerListener): Promise<void>;
  /** No new records, though one that is on its way may still arrive. */
  pause(): void;
  resume(): void;
  /**
   * For each partition that is ours the offset after its last record, as the broker says. A transaction marker counts as
   * a record. Throws UnavailableError.
   */
  ends(): Promise<StartPosition[]>;
  /** Stops delivering records but stays in the group, so that running jobs can still be committed. */
  stop(): void;
  /** Resolves when the group has stored the positions. Throws UnavailableError. */
  commit(positions: readonly Position[]): Promise<void>;
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

/** A position, and whether one of the records of the commit belongs to it: then it cannot be the one stored before. */
export interface CommitPosition extends Position {
  readonly carriesRecord: boolean;
}

export interface Commit {
  readonly records: readonly ProducedRecord[];
  readonly positions: readonly CommitPosition[];
  /** Whether all of it is still ours to write; asked at the last moment. */
  readonly guard: () => boolean;
}

/** Writes terminal records and positions. */
export interface Committer {
  /**
   * Resolves when all of it is stored. Throws UnavailableError to be asked again, with what is to be written then, or
   * FailedError when no broker will ever take one of the records. One at a time.
   */
  commit(commit: Commit): Promise<void>;
}
