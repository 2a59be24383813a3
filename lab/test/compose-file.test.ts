// Expected: what deploy/compose.yaml says of Kafka, storage and a worker holds for these programs themselves, with this machine's
// ports and folders in place of the containers': Kafka takes the settings, the folders are buckets, the worker gets its partitions.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { MinioClient, type MinioCredentials } from 'kafka-runner';
import { parse } from 'yaml';
import { RenderWorker } from '../../packages/kafka-render/test/render-worker.ts';
import { cloneFolder, minioFolder } from '../cache.ts';
import { freePort } from '../free-port.ts';
import type { KafkaPlace, KafkaProperties } from '../kafka-settings.ts';
import { startLab } from '../lab.ts';
import { secret } from '../secrets.ts';
import { Service } from '../service.ts';

const run = promisify(execFile);

interface Compose {
  readonly services: {
    readonly kafka: { readonly environment: Readonly<Record<string, string>> };
    readonly storage: {
      readonly environment: Readonly<Record<string, string>>;
      readonly entrypoint: readonly [string, ...string[]];
      readonly command: readonly string[];
    };
    readonly worker: { readonly command: readonly string[] };
  };
  readonly configs: { readonly minio_credentials: { readonly content: string } };
}

/** With the defaults of its variables. */
async function readCompose(): Promise<Compose> {
  const text = await readFile(path.join(cloneFolder, 'deploy/compose.yaml'), 'utf8');
  return parse(text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')) as Compose;
}

/** As the image makes the broker's properties of the environment. */
function kafkaProperties(
  environment: Readonly<Record<string, string>>,
  place: KafkaPlace,
  outside: number,
): KafkaProperties {
  const here = (value: string): string =>
    value
      .replace('//kafka:', '//127.0.0.1:')
      .replace(':29092', `:${place.port}`)
      .replace(':9092', `:${outside}`)
      .replace(':9093', `:${place.controllerPort}`)
      .replace('/var/lib/kafka/data', place.dataFolder);
  const named = (name: string): string =>
    name
      .replace(/^KAFKA_/, '')
      .toLowerCase()
      .replaceAll('_', '.');
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [named(name), here(value)]));
}

test('the farm of the compose file', { timeout: 60_000 }, async (t) => {
  const { services, configs } = await readCompose();
  const folder = await mkdtemp(path.join(tmpdir(), 'compose-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const outside = await freePort();
  const properties = (place: KafkaPlace): KafkaProperties =>
    kafkaProperties(services.kafka.environment, place, outside);
  await using lab = await startLab({ minio: false, kafka: { properties } });

  const [address, consolePort] = [`127.0.0.1:${await freePort()}`, await freePort()];
  const credentials = JSON.parse(
    configs.minio_credentials.content.replace('storage:9000', address),
  ) as MinioCredentials;
  secret(credentials.secretKey);
  using storage = new MinioClient(credentials);
  const typed = services.storage.command.map((line) =>
    line
      .replaceAll('/data', path.join(folder, 'data'))
      .replace(':9001', `127.0.0.1:${consolePort} --address ${address}`),
  );
  await using minio = new Service({
    name: 'storage',
    labFolder: lab.folder,
    argv: [...services.storage.entrypoint, ...typed],
    env: { ...services.storage.environment, HOME: folder, PATH: `${minioFolder()}:${process.env['PATH']}` },
    isReady: () =>
      storage.listBuckets().then(
        () => true,
        () => false,
      ),
  });
  await minio.start();
  assert.deepEqual((await storage.listBuckets()).toSorted(), ['frames', 'scenes']);

  const credentialsFile = path.join(folder, 'minio_credentials.json');
  await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
  const schemas = path.join(cloneFolder, 'packages/kafka-render/schemas');
  const variables = [`KAFKA_RENDER_SCHEMAS=${schemas}`, `KAFKA_RENDER_CREDENTIALS=${credentialsFile}`];
  const args = services.worker.command.map((word) => word.replace('kafka:29092', lab.kafka.bootstrapServers[0] ?? ''));
  await using worker = new RenderWorker(args, folder, ['env', ...variables]);
  // The first job makes its topic.
  const bad = '{"scenePath": "none"}';
  await run(path.join(cloneFolder, 'bin/kafka-test-producer'), [
    'render.job',
    ...lab.kafka.bootstrapServers,
    '-m',
    bad,
  ]);
  const { partitions } = await worker.said(
    ({ message, partitions: list }) => message === 'partitions assigned' && String(list) !== '',
  );
  assert.deepEqual(partitions, [0, 1, 2, 3]);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
});
