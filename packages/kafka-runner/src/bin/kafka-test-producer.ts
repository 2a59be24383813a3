#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { clientSettingsSchema } from '../broker/client-settings.ts';
import { ConfluentProducer } from '../broker/confluent-producer.ts';
import { checkSettings } from '../check-settings.ts';
import { parseCommandLine } from '../command-line.ts';
import { createLogger } from '../logging/logger.ts';
import { runProgram } from '../run-program.ts';

const commandLine = {
  program: 'kafka-test-producer',
  description: 'Sends a message to a Kafka topic, once or again and again, to check a runner by hand.',
  positionals: [
    { name: 'topic', help: 'topic to send to' },
    { name: 'bootstrap', help: 'one or more brokers, host:port' },
  ],
  options: {
    message: {
      flags: '-m, --message <text>',
      help: 'what to send: JSON as it is, any other text as a JSON string',
      schema: z.string().default('HELLO!'),
    },
    interval: {
      flags: '-i, --interval <seconds>',
      help: 'pause between messages',
      schema: z.coerce.number().min(0).default(2),
    },
    repeat: {
      flags: '-r, --repeat',
      help: 'send again and again, until interrupted',
      schema: z.boolean().default(false),
    },
  },
  example: `kafka-test-producer render.job 127.0.0.1:9092 -m '{"jobId": 1}'`,
} as const;

await runProgram(commandLine.program, async () => {
  const { positionals, options } = parseCommandLine(commandLine, process.argv.slice(2));
  const [topic = '', ...bootstrapServers] = positionals;
  const logger = createLogger({ runner: commandLine.program, level: 'warn' });
  const client = checkSettings(clientSettingsSchema, { bootstrapServers });
  await using producer = new ConfluentProducer({ client, clientId: commandLine.program, logger });
  await producer.connect();
  const value = asJson(options.message);
  if (value !== options.message) console.error('not JSON: it is sent as a JSON string');
  do {
    await producer.send({ topic, value });
    console.log(`sent to ${topic}: ${value}`);
    if (options.repeat) await sleep(options.interval * 1_000);
  } while (options.repeat);
});

function asJson(message: string): string {
  try {
    JSON.parse(message);
    return message;
  } catch {
    return JSON.stringify(message);
  }
}
