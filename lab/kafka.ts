import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { kafkaClassesFolder, kafkaFolder } from './cache.ts';
import { freePort } from './free-port.ts';
import { answersMetadata } from './kafka-admin.ts';
import { kafkaJava } from './kafka-java.ts';
import { serverProperties } from './kafka-settings.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { Service } from './service.ts';

/** The JVM goes without the archive, only slower, when it was made by another JVM or is not there. */
const useClassArchive = `-XX:SharedArchiveFile=${join(kafkaClassesFolder(), 'classes.jsa')}`;

/** A Kafka that has its ports and an empty, formatted data folder, and is ready to be started. */
export async function prepareKafka(
  labFolder: string,
  settings: KafkaSettings,
  jvmFlag = useClassArchive,
): Promise<{ service: Service; bootstrapServers: string[] }> {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const dataFolder = join(labFolder, 'kafka');
  copyFormattedStorage(dataFolder);
  const propertiesFile = join(labFolder, 'kafka.properties');
  writeFileSync(propertiesFile, serverProperties({ port, controllerPort, dataFolder }, settings));
  const [java, ...javaOptions] = kafkaJava();
  const bootstrapServers = [`127.0.0.1:${port}`];
  const service = new Service({
    name: 'kafka',
    labFolder,
    argv: [java, jvmFlag, ...javaOptions, 'kafka.Kafka', propertiesFile],
    isReady: async () => (await accepts(port)) && (await answersMetadata(bootstrapServers)),
  });
  return { service, bootstrapServers };
}

/** Each lab is a cluster of its own: clients take one that comes back under another id for a mistake. */
function copyFormattedStorage(dataFolder: string): void {
  cpSync(join(kafkaFolder(), 'storage'), dataFolder, { recursive: true });
  const metaFile = join(dataFolder, 'meta.properties');
  const clusterId = randomBytes(16).toString('base64url');
  writeFileSync(metaFile, readFileSync(metaFile, 'utf8').replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`));
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
