import process from 'node:process';
import { removePartialFolders } from './install-folder.ts';
import { kafkaClient } from './kafka-client.ts';
import { kafka } from './kafka.ts';
import { machineParts } from './machine-parts.ts';
import { minio } from './minio.ts';
import type { FoundPart, Part } from './part.ts';
import { provide } from './provide.ts';
import { pythonClients } from './python-clients.ts';

const independentParts = [
  kafkaClient,
  kafka,
  minio,
  pythonClients('current', ['kafka-python', 'minio']),
  pythonClients('old', ['kafka-python']),
];

interface Row extends FoundPart {
  readonly name: string;
}

async function rowOf(part: Part): Promise<Row> {
  return { name: part.name, ...(await provide(part)) };
}

/** All at once: some wait for the network while others compile. */
async function provideAll(parts: readonly Part[]): Promise<Row[]> {
  const results = await Promise.allSettled(parts.map(rowOf));
  for (const [index, result] of results.entries()) {
    if (result.status === 'rejected')
      console.error(`set-up: ${parts[index]?.name} could not be installed: ${result.reason.message}`);
  }
  if (results.some(({ status }) => status === 'rejected')) process.exit(1);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function printTable(rows: readonly Row[]): void {
  const width = (key: keyof Row): number => Math.max(...rows.map((row) => row[key].length));
  for (const { name, version, path } of rows) {
    console.log(`  ${name.padEnd(width('name'))}  ${version.padEnd(width('version'))}  ${path}`);
  }
}

removePartialFolders();
const [machine, provided] = await Promise.all([machineParts(), provideAll(independentParts)]);
// It starts a lab's Kafka, and so needs what was just installed; the client's addon even to be imported.
const { kafkaClasses } = await import('./kafka-classes.ts');
printTable([...machine, ...provided, ...(await provideAll([kafkaClasses]))]);
