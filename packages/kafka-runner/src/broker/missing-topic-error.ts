import { ConfigError } from '../errors.ts';

/** There is no such topic, or one that may not be described: Kafka gives the same answer. */
export class MissingTopicError extends ConfigError {
  readonly topic: string;

  constructor(topic: string) {
    const what = `topic ${topic} does not exist, or you may not describe it: check the name and the rights`;
    super(`${what}; one that nothing was sent to yet has to be made first`);
    this.topic = topic;
  }
}
