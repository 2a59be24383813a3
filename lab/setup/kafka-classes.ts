import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaClassesFolder } from '../cache.ts';
import { startGuardian } from '../guardian.ts';
import { createTopic } from '../kafka-admin.ts';
import { prepareKafka } from '../kafka.ts';
import { makeLabFolder } from '../lab-folder.ts';
import { installFolder } from './install-folder.ts';
import { outputOf } from './output-of.ts';
import type { Part } from './part.ts';

/** Kafka's loaded classes, kept for the JVM that loaded them: every start of a lab saves a second or more (JEP 350). */
export const kafkaClasses: Part = {
  name: "Kafka's class archive",
  find: async () => {
    const javaVersion = await outputOf('java', ['-version']);
    const isOfThisJava = keptJavaVersion() === javaVersion;
    return isOfThisJava
      ? { version: `for Java ${javaVersion?.match(/[\d.]+/)?.[0]}`, path: kafkaClassesFolder() }
      : undefined;
  },
  announcement: 'starting Kafka once, to keep its loaded classes for quicker starts',
  install: async () => {
    rmSync(kafkaClassesFolder(), { recursive: true, force: true });
    await installFolder(kafkaClassesFolder(), keepClasses);
  },
};

function keptJavaVersion(): string | undefined {
  const file = join(kafkaClassesFolder(), 'java-version');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function keepClasses(folder: string): Promise<void> {
  writeFileSync(join(folder, 'java-version'), (await outputOf('java', ['-version'])) ?? '');
  const labFolder = makeLabFolder();
  const guardian = startGuardian(labFolder);
  try {
    const archive = `-XX:ArchiveClassesAtExit=${join(folder, 'classes.jsa')}`;
    const { service, bootstrapServers } = await prepareKafka(labFolder, {}, archive);
    await service.start();
    await createTopic(bootstrapServers, 'any');
    await service.stop();
  } finally {
    await guardian.endLab();
  }
}
