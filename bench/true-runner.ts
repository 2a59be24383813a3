/** The base with the shortest of commands: `bin/node bench/true-runner.ts IN OUT BOOTSTRAP DELIVERY CONCURRENCY`. */
import { KafkaRunner, type JsonObject, type KafkaRunnerOptions } from 'kafka-runner';

class TrueRunner extends KafkaRunner {
  override msgToCommand(): string[] {
    return ['true'];
  }

  override makeResponse(_message: unknown, elapsedSeconds: number): JsonObject {
    return { elapsedSeconds };
  }
}

const [, , inTopic = '', outTopic = '', bootstrap = '', delivery, concurrency] = process.argv;
const runner = new TrueRunner({
  ...{ inTopic, outTopic, bootstrapServers: [bootstrap], groupId: inTopic, logLevel: 'warn' },
  delivery: delivery as KafkaRunnerOptions['delivery'],
  concurrency: Number(concurrency),
});
await runner.startListening();
