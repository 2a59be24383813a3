/** The base with the shortest of commands: `bin/node bench/true-runner.ts IN OUT BOOTSTRAP`. */
import { KafkaRunner, type JsonObject } from 'kafka-runner';

class TrueRunner extends KafkaRunner {
  override msgToCommand(): string[] {
    return ['true'];
  }

  override makeResponse(_message: unknown, elapsedSeconds: number): JsonObject {
    return { elapsedSeconds };
  }
}

const [, , inTopic = '', outTopic = '', bootstrap = ''] = process.argv;
const runner = new TrueRunner({ inTopic, outTopic, bootstrapServers: [bootstrap], groupId: 'bench', logLevel: 'warn' });
await runner.startListening();
