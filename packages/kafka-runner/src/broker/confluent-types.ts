// Documented methods of the client's raw consumer that its type declarations leave out (version 1.10.1).
declare module '@confluentinc/kafka-javascript/types/rdkafka.js' {
  interface KafkaConsumer {
    incrementalAssign(partitions: TopicPartition[]): this;
    /** Within the answer to a revocation: whether the session is over, and the partitions may be others' already. */
    assignmentLost(): boolean;
    incrementalUnassign(partitions: TopicPartition[]): this;
  }
}

export {};
