import { existsSync } from 'node:fs';
import { kafkaFolder, minioFolder } from './cache.ts';
import { prepareKafka } from './kafka.ts';
import { kafkaAt } from './kafka-admin.ts';
import type { LabKafka } from './kafka-admin.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { endLeftoverLabs, makeLabFolder } from './lab-folder.ts';
import { startGuardian } from './guardian.ts';
import { prepareMinio } from './minio.ts';
import type { MinioAddress, MinioSettings } from './minio.ts';
import type { Service } from './service.ts';

export type { LabKafka, TopicOptions } from './kafka-admin.ts';
export type { KafkaSettings } from './kafka-settings.ts';
export type { MinioAddress } from './minio.ts';

/** Which parts a lab has, and how they are set; both by default. */
export interface LabOptions {
  readonly kafka?: boolean | KafkaSettings;
  readonly minio?: boolean | MinioSettings;
}

/** A part that can be taken away and given back, with the same data and the same addresses. */
export interface Stoppable {
  /** The file with what the part prints. */
  readonly logFile: string;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again and waits until it serves. */
  start(): Promise<void>;
}

/** The names of the parts. */
export type LabPart = 'kafka' | 'minio';

/**
 * A real Kafka and a real MinIO on this machine, of this process alone. Reading `kafka` or `minio` throws when the lab
 * was started without it.
 */
export interface Lab extends AsyncDisposable {
  /** Holds all that the lab writes; removed at its end. */
  readonly folder: string;
  readonly kafka: LabKafka & Stoppable;
  readonly minio: MinioAddress & Stoppable;
  stop(part: LabPart): Promise<void>;
  start(part: LabPart): Promise<void>;
}

/**
 * Starts a lab and waits until its parts serve. It ends, with all its processes and its folder, when it is disposed of
 * or when this process ends, in whatever way.
 */
export async function startLab({ kafka = true, minio = true }: LabOptions = {}): Promise<Lab> {
  checkSetUp();
  endLeftoverLabs();
  const folder = makeLabFolder();
  await using started = new AsyncDisposableStack();
  const guardian = startGuardian(folder);
  started.defer(() => guardian.endLab());
  const [kafkaPart, minioPart] = await Promise.all([
    kafka === false ? undefined : startKafka(folder, kafka === true ? {} : kafka, started),
    minio === false ? undefined : startMinio(folder, minio === true ? {} : minio, started),
  ]);
  return assembleLab(folder, { kafka: kafkaPart, minio: minioPart }, started.move());
}

function checkSetUp(): void {
  const missing = [kafkaFolder(), minioFolder()].filter((path) => !existsSync(path));
  if (missing.length > 0)
    throw new Error(`The lab is not set up: ${missing.join(', ')} is missing. Run: npm run setup`);
}

async function startKafka(folder: string, settings: KafkaSettings, started: AsyncDisposableStack) {
  const { service, bootstrapServers } = await prepareKafka(folder, settings);
  await started.use(service).start();
  return { ...stoppable(service), ...kafkaAt(bootstrapServers) };
}

async function startMinio(folder: string, settings: MinioSettings, started: AsyncDisposableStack) {
  const { service, address } = await prepareMinio(folder, settings);
  await started.use(service).start();
  return { ...stoppable(service), ...address };
}

function stoppable(service: Service): Stoppable {
  return {
    logFile: service.logFile,
    stop: () => service.stop(),
    kill: () => service.kill(),
    start: () => service.start(),
  };
}

type Parts = { readonly [Part in LabPart]: Lab[Part] | undefined };

function assembleLab(folder: string, parts: Parts, started: AsyncDisposableStack): Lab {
  const part = <Name extends LabPart>(name: Name): Lab[Name] => {
    if (parts[name] === undefined) throw new Error(`This lab was started without ${name}`);
    return parts[name];
  };
  return {
    folder,
    get kafka() {
      return part('kafka');
    },
    get minio() {
      return part('minio');
    },
    stop: (name) => part(name).stop(),
    start: (name) => part(name).start(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
