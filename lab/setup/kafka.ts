import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaFolder } from '../cache.ts';
import { kafkaJava } from '../kafka-java.ts';
import { serverProperties } from '../kafka-settings.ts';
import { checksums, versions } from '../versions.ts';
import { checkChecksum, folderChecksum } from './checksums.ts';
import { installFolder } from './install-folder.ts';
import { run } from './run.ts';
import type { Part } from './part.ts';

/** Apache Kafka from Maven Central: the broker, its tools and a logging back end, with all they need. */
export const kafka: Part = {
  name: 'Apache Kafka',
  find: async () => {
    const path = kafkaFolder();
    return existsSync(path) ? { version: versions.kafka, path } : undefined;
  },
  announcement: `fetching Apache Kafka ${versions.kafka} from Maven Central (54 MB)`,
  install: () =>
    installFolder(kafkaFolder(), async (folder) => {
      await fetchJars(folder);
      checkChecksum('Apache Kafka', folderChecksum(join(folder, 'jars')), checksums.kafkaJars);
      await formatStorage(folder);
    }),
};

async function fetchJars(folder: string): Promise<void> {
  const pom = join(folder, 'pom.xml');
  writeFileSync(pom, projectFile());
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}:copy-dependencies`;
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'jars')}`];
  await run({ argv: ['mvn', '-q', '-B', '-f', pom, goal, ...options], log: 'kafka' });
}

/** Once, here, instead of at the start of every lab: it takes a JVM of its own. A lab then gives itself another id. */
async function formatStorage(folder: string): Promise<void> {
  const propertiesFile = join(folder, 'format.properties');
  const place = { port: 1, controllerPort: 2, dataFolder: join(folder, 'storage') };
  writeFileSync(propertiesFile, serverProperties(place, {}));
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'bGFiLXRlbXBsYXRlLWlkIQ', '-c', propertiesFile];
  await run({ argv: [...kafkaJava(join(folder, 'jars')), ...format], log: 'kafka-format' });
  rmSync(propertiesFile);
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
