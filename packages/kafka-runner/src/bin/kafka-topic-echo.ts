#!/usr/bin/env node
import { z } from 'zod';
import { clientSettingsSchema } from '../broker/client-settings.ts';
import { ConfluentConsumer } from '../broker/confluent-consumer.ts';
import { checkSettings } from '../check-settings.ts';
import { parseCommandLine } from '../command-line.ts';
import { createLogger } from '../logging/logger.ts';
import { printable } from '../printable.ts';
import { runProgram } from '../run-program.ts';
import { onShutdownSignals } from '../shutdown-signals.ts';

const commandLine = {
  program: 'kafka-topic-echo',
  description: 'Prints each message of a Kafka topic that arrives from now on, and says when none does.',
  positionals: [
    { name: 'topic', help: 'topic to read' },
    { name: 'bootstrap', help: 'one or more brokers, host:port' },
  ],
  options: {
    keys: { flags: '--keys', help: 'each message behind its key and a tab', schema: z.boolean().default(false) },
    headers: {
      flags: '--headers',
      help: 'each message, and its key, behind its headers as JSON and a tab',
      schema: z.boolean().default(false),
    },
  },
  example: 'kafka-topic-echo render.out 127.0.0.1:9092',
} as const;

const idleMs = 5_000;

await runProgram(commandLine.program, async () => {
  const { positionals, options } = parseCommandLine(commandLine, process.argv.slice(2));
  const [topic = '', ...bootstrapServers] = positionals;
  const logger = createLogger({ runner: commandLine.program, level: 'warn' });
  const client = checkSettings(clientSettingsSchema, { bootstrapServers });
  const stopped = Promise.withResolvers<string>();
  using _signals = onShutdownSignals(stopped.resolve);
  await using consumer = new ConfluentConsumer({
    client,
    clientId: commandLine.program,
    topic,
    groupId: undefined,
    sessionTimeoutMs: 10_000,
    logger,
  });
  await consumer.connect();
  // To standard error, so that standard output holds messages and nothing else.
  const sayIdle = (): void => console.error(`idle: no message on ${topic} for ${idleMs / 1_000} s`);
  let idle = setTimeout(sayIdle, idleMs);
  await consumer.start({
    assigned: () => console.error(`listening to ${topic}`),
    revoked: () => undefined,
    lost: () => undefined,
    endReached: () => undefined,
    failed: stopped.reject,
    record: ({ key, headers, value }) => {
      clearTimeout(idle);
      idle = setTimeout(sayIdle, idleMs);
      const shown = options.keys ? [key?.toString('utf8') ?? ''] : [];
      const named = options.headers ? [JSON.stringify(headers)] : [];
      const text = [...named, ...shown, value?.toString('utf8') ?? ''].join('\t');
      // Byte for byte for programs; a terminal takes no orders from senders.
      console.log(process.stdout.isTTY ? printable(text) : text);
    },
  });
  await stopped.promise;
  clearTimeout(idle);
});
