import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJarsFolder } from '../cache.ts';
import { versions } from '../versions.ts';
import { installFolder } from './install-folder.ts';
import { run } from './run.ts';
import type { Part } from './part.ts';

/** Apache Kafka from Maven Central: the broker, its tools and a logging back end, with all they need. */
export const kafkaJars: Part = {
  name: 'Apache Kafka',
  find: async () => {
    const path = kafkaJarsFolder();
    return existsSync(path) ? { version: versions.kafka, path } : undefined;
  },
  announcement: `fetching Apache Kafka ${versions.kafka} from Maven Central (54 MB)`,
  install: () => installFolder(kafkaJarsFolder(), fetchJars),
};

async function fetchJars(folder: string): Promise<void> {
  const pom = join(folder, 'pom.xml');
  writeFileSync(pom, projectFile());
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}:copy-dependencies`;
  await run({
    argv: ['mvn', '-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
    log: 'kafka-jars',
  });
}

function projectFile(): string {
  const dependencies = [
    dependency('org.apache.kafka', `kafka_${versions.kafkaScala}`, versions.kafka),
    dependency('org.apache.kafka', 'kafka-tools', versions.kafka),
    dependency('org.slf4j', 'slf4j-simple', versions.slf4j),
  ];
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}

function dependency(groupId: string, artifactId: string, version: string): string {
  const fields = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  return `<dependency>${fields}</dependency>`;
}
