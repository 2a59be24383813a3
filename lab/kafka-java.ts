import { join } from 'node:path';
import { kafkaFolder } from './cache.ts';

/**
 * The beginning of a command that runs a program of Kafka: a small heap, and a JVM that would rather start soon than run
 * fast after an hour.
 */
export function kafkaJava(jarsFolder = join(kafkaFolder(), 'jars')): [string, ...string[]] {
  return ['java', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jarsFolder, '*')];
}
