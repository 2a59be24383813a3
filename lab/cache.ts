import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { versions } from './versions.ts';

/** The root of this clone. */
export const cloneFolder = dirname(import.meta.dirname);

/** Where downloads and builds are kept, outside of any clone: all clones of one user share it. */
export function cacheFolder(): string {
  const userCache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return process.env['KAFKA_RENDER_LAB_CACHE'] || join(userCache, 'kafka-render-lab');
}

/** The folder with Kafka's `jars`, and `storage`: a data folder as `StorageTool` formats it. */
export function kafkaFolder(): string {
  return join(cacheFolder(), 'kafka-broker', `${versions.kafka}-scala${versions.kafkaScala}-slf4j${versions.slf4j}`);
}

/** The folder with `classes.jsa`: Kafka's classes as the JVM on this machine has them in memory once they are loaded. */
export function kafkaClassesFolder(): string {
  return join(cacheFolder(), 'kafka-classes', versions.kafka);
}

/** The folder that holds the program `minio`. */
export function minioFolder(): string {
  return join(cacheFolder(), 'minio', versions.minio);
}
