import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJarsFolder } from './cache.ts';
import { freePort } from './free-port.ts';
import { answersMetadata } from './kafka-admin.ts';
import { serverProperties } from './kafka-settings.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { Service } from './service.ts';

/** A small heap, and a JVM that would rather start soon than run fast after an hour. */
const java = [
  'java',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-cp',
  join(kafkaJarsFolder(), '*'),
] as const;

/** A Kafka that has its ports and an empty, formatted data folder, and is ready to be started. */
export async function prepareKafka(
  labFolder: string,
  settings: KafkaSettings,
): Promise<{ service: Service; bootstrapServers: string[] }> {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const dataFolder = join(labFolder, 'kafka');
  mkdirSync(dataFolder);
  const propertiesFile = join(labFolder, 'kafka.properties');
  writeFileSync(propertiesFile, serverProperties({ port, controllerPort, dataFolder }, settings));
  await format(propertiesFile);
  const bootstrapServers = [`127.0.0.1:${port}`];
  const service = new Service({
    name: 'kafka',
    labFolder,
    argv: [...java, 'kafka.Kafka', propertiesFile],
    isReady: async () => (await accepts(port)) && (await answersMetadata(bootstrapServers)),
  });
  return { service, bootstrapServers };
}

async function format(propertiesFile: string): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  const [program, ...args] = java;
  await promisify(execFile)(program, [
    ...args,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    propertiesFile,
  ]);
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
