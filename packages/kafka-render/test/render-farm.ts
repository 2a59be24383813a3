import { randomBytes } from 'node:crypto';
import { copyFile, readdir, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeScene } from '../../../lab/scenes/make-scenes.ts';
import type { SceneName } from '../../../lab/scenes/scene-names.ts';
import { sharedLab, type SharedLab } from '../../../lab/shared-lab.ts';
import { KafkaPython, type KafkaRecord } from './kafka-python.ts';
import { MinioPython } from './minio-python.ts';
import { frameShown } from './pictures.ts';
import { RenderWorker } from './render-worker.ts';
import { makeWorkFolder, type StorageCredentials, type WorkFolder } from './work-folder.ts';

/** A job as its sender writes it. */
export type JobMessage = Readonly<Record<string, unknown>>;

export interface WorkerOptions {
  /** What follows the topics and the brokers. */
  readonly args?: readonly string[];
  /** `null`: none. Default: the farm's own. */
  readonly group?: string | null;
  /** Default: one that all workers of the farm share. */
  readonly folder?: WorkFolder;
  /** A program that runs the worker, with its own arguments: the worker is what it becomes. */
  readonly before?: readonly string[];
}

/** The terminal records of jobs, in the order of the jobs: a worker that prefetches need not end them in it. */
export interface Ended {
  readonly results: readonly KafkaRecord[];
  readonly errors: readonly KafkaRecord[];
}

export interface FarmOptions {
  readonly lab?: Pick<SharedLab, 'kafka' | 'minio'>;
  /** Where workers find storage; default: where it is. */
  readonly storageUrl?: string;
  /** Settings of the input topic. */
  readonly inTopic?: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> };
}

/** What a test has around its workers: topics, a group and a bucket of its own, and clients that we did not write. */
export class RenderFarm {
  readonly lab: Pick<SharedLab, 'kafka' | 'minio'>;
  readonly topics: { readonly jobs: string; readonly results: string; readonly errors: string };
  readonly group: string;
  /** Exists, and holds the scenes. */
  readonly bucket: string;
  readonly kafka: KafkaPython;
  readonly storage: MinioPython;
  readonly folder: WorkFolder;
  readonly #resources: AsyncDisposableStack;

  private constructor(lab: RenderFarm['lab'], name: string, folder: WorkFolder, resources: AsyncDisposableStack) {
    this.lab = lab;
    this.topics = { jobs: `${name}.jobs`, results: `${name}.results`, errors: `${name}.errors` };
    this.group = name;
    this.bucket = name;
    this.folder = folder;
    this.kafka = resources.use(new KafkaPython(lab.kafka.bootstrapServers));
    this.storage = resources.use(new MinioPython(lab.minio));
    this.#resources = resources;
  }

  /** Everything of it ends with the test. */
  static async open(t: TestContext, options: FarmOptions = {}): Promise<RenderFarm> {
    const { lab = await sharedLab(), storageUrl = lab.minio.url, inTopic } = options;
    const resources = new AsyncDisposableStack();
    t.after(() => resources.disposeAsync());
    const folder = resources.use(await makeWorkFolder({ ...lab.minio, url: storageUrl }));
    const farm = new RenderFarm(lab, `farm-${randomBytes(6).toString('hex')}`, folder, resources);
    const { jobs, results, errors } = farm.topics;
    await lab.kafka.createTopic(jobs, inTopic);
    await Promise.all([
      lab.kafka.createTopic(results),
      lab.kafka.createTopic(errors),
      farm.storage.makeBucket(farm.bucket),
    ]);
    return farm;
  }

  /** A worker folder beside the farm's own. */
  async anotherFolder(credentials: StorageCredentials = this.lab.minio): Promise<WorkFolder> {
    return this.#resources.use(await makeWorkFolder(credentials));
  }

  /** Starts a worker on the farm's topics; it need not listen yet. */
  startWorker({ args = [], group = this.group, folder = this.folder, before = [] }: WorkerOptions = {}): RenderWorker {
    const { jobs, results, errors } = this.topics;
    const groupArgs = group === null ? [] : ['-g', group];
    // `npm run test:blenders` names another Blender; a later argument of the same name holds.
    const blender = process.env['TEST_BLENDER'];
    const blenderArgs = blender === undefined ? [] : ['-b', blender];
    const brokers = this.lab.kafka.bootstrapServers;
    const all = [jobs, results, ...brokers, ...groupArgs, '-e', errors, ...blenderArgs, ...args];
    return this.startWorkerWith(all, folder, before);
  }

  /** Starts the program with these arguments only. */
  startWorkerWith(args: readonly string[], folder = this.folder, before: readonly string[] = []): RenderWorker {
    return this.#resources.use(new RenderWorker(args, folder.cwd, before));
  }

  /**
   * Puts a test scene into the farm's bucket; resolves to its `scenePath`.
   * @param bytes its size, if it is to be larger: what stands behind the end of a .blend nobody reads
   */
  async putScene(name: SceneName, key = `scenes/${name}.blend`, bytes?: number): Promise<string> {
    const file = await makeScene(name);
    await this.storage.put(this.bucket, key, bytes === undefined ? file : await this.#padded(file, bytes));
    return `${this.bucket}/${key}`;
  }

  /** A whole and good job but for its scene; frame 7 of it goes to `out/JOBID` in the farm's bucket. */
  job(fields: JobMessage): JobMessage {
    const jobId = Number(fields['jobId'] ?? 1);
    const place = `${this.bucket}/out/${jobId}`;
    return { jobId, timestamp: Date.now() / 1_000, startFrame: 7, numFrames: 1, outputLocation: place, ...fields };
  }

  /** Sends jobs; resolves to their offsets. */
  async send(...jobs: readonly JobMessage[]): Promise<number[]> {
    return await this.kafka.send(
      this.topics.jobs,
      jobs.map((job) => JSON.stringify(job)),
    );
  }

  /** Waits until so many jobs have ended, in whatever way. Log lines on the error topic end no job. */
  async ended(count: number, timeoutSeconds = 60): Promise<Ended> {
    const { results, errors } = this.topics;
    for (let logLines = 0; ;) {
      const records = await this.kafka.read([results, errors], count + logLines, timeoutSeconds);
      const ended = {
        results: (records[results] ?? []).toSorted(byJob),
        errors: (records[errors] ?? []).filter(endsJob).toSorted(byJob),
      };
      if (ended.results.length + ended.errors.length >= count) return ended;
      logLines = (records[errors] ?? []).length - ended.errors.length;
    }
  }

  /** Waits until the group's position on partition 0 is `offset`: it is written after the record of the job. */
  async untilCommitted(offset: number, timeoutMs = 10_000): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const [committed] = await this.kafka.committed(this.group, this.topics.jobs);
      if (committed === offset) return;
      if (performance.now() > giveUpAt) throw new Error(`committed is ${String(committed)} and not ${offset}`);
      await sleep(100);
    }
  }

  /** What workers have in `tmp_render_out` of the farm's folder: the folders of their jobs, and those of dead workers. */
  async jobFolders(): Promise<string[]> {
    const root = path.join(this.folder.cwd, 'tmp_render_out');
    return (await readdir(root, { recursive: true })).filter((name) => name.split('/').length === 2);
  }

  /** The pictures below a place in the farm's bucket, by name: the frame that each shows. */
  async framesAt(prefix: string, bucket = this.bucket): Promise<Record<string, number>> {
    const keys = await this.storage.keys(bucket, prefix === '' ? '' : `${prefix}/`);
    const frames: Record<string, number> = {};
    for (const key of keys) {
      const { content } = await this.storage.get(bucket, key);
      frames[path.posix.relative(prefix, key)] = await frameShown(content);
    }
    return frames;
  }

  async #padded(file: string, bytes: number): Promise<string> {
    const padded = path.join(path.dirname(this.folder.cwd), path.basename(file));
    await copyFile(file, padded);
    await truncate(padded, bytes);
    return padded;
  }
}

function byJob(a: KafkaRecord, b: KafkaRecord): number {
  const [first, second] = [a, b].map(({ headers }) => headers);
  const partitions = Number(first?.['job-partition']) - Number(second?.['job-partition']);
  return partitions || Number(first?.['job-offset']) - Number(second?.['job-offset']);
}
function endsJob({ value }: KafkaRecord): boolean {
  return (JSON.parse(value ?? '') as { kind: string }).kind === 'job';
}

/** What `framesAt` gives for the frames of a PNG scene that shows their numbers. */
export function numbered(first: number, last: number): Record<string, number> {
  const frames = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return Object.fromEntries(frames.map((frame) => [`${String(frame).padStart(4, '0')}.png`, frame]));
}

/** The frames whose main files Blender has saved for a worker, as its log of level debug says. */
export function framesRendered(worker: RenderWorker): number[] {
  return worker.log.flatMap(({ message }) => {
    const digits = /^Saved: '.*\/(\d+)\D*\.\w+'/.exec(message)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}
