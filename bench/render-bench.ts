import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { MinioClient, readMinioCredentials } from 'kafka-runner';
import type { Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import type { SceneName } from '../lab/scenes/scene-names.ts';
import { run, startWorker } from './processes.ts';
import { TopicPair } from './topic-pair.ts';

const root = path.dirname(import.meta.dirname);
const limitLoop = path.join(import.meta.dirname, 'limit_loop.py');

/** By its name: the one in PATH, as the worker's. */
const blender = 'blender';

/** How many scenes there are of the same content under names of their own. */
export const manyScenes = 20;

/** What a job of the benchmark asks for. */
export interface Ordered {
  readonly scene?: string;
  readonly startFrame?: number;
  readonly numFrames?: number;
}

/** A worker of ours as a process of its own, its topics, and the scenes in storage. */
export class RenderBench implements AsyncDisposable {
  readonly topics: TopicPair;
  readonly #lab: Lab;
  readonly #flags: readonly string[];
  readonly #resources: AsyncDisposableStack;
  #jobs = 0;
  #pid = 0;

  private constructor(lab: Lab, topics: TopicPair, flags: readonly string[], resources: AsyncDisposableStack) {
    this.#lab = lab;
    this.topics = topics;
    this.#flags = flags;
    this.#resources = resources;
  }

  /** @param partitions of the input topic */
  static async start(lab: Lab, name: string, flags: readonly string[] = [], partitions = 1): Promise<RenderBench> {
    const resources = new AsyncDisposableStack();
    const topics = resources.use(await TopicPair.open(lab.kafka, name, partitions));
    const bench = new RenderBench(lab, topics, flags, resources);
    bench.#pid = bench.startWorker();
    await bench.run(1);
    return bench;
  }

  /** The resources of the bench end one after the other, the worker first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  /** One more worker, in the same group. Returns its process id. */
  startWorker(): number {
    const { inTopic, outTopic } = this.topics;
    const schemas = path.join(root, 'packages/kafka-render/schemas');
    const { credentialsFile } = this.#lab.minio;
    const flags = ['-g', inTopic, '--schemas', schemas, '--credentials', credentialsFile, ...this.#flags];
    const args = [inTopic, outTopic, ...this.#lab.kafka.bootstrapServers, ...flags];
    return this.#resources.use(startWorker('bin/kafka-render', args, this.#lab.folder)).pid;
  }

  /** Sends so many jobs at once and waits for their results. Each has an output location of its own. */
  async run(count: number, ordered: (index: number) => Ordered = () => ({})): Promise<void> {
    const jobs = Array.from({ length: count }, (_, index) => {
      this.#jobs += 1;
      const { scene = 'tiny', startFrame = 1, numFrames = 1 } = ordered(index);
      return {
        ...{ jobId: this.#jobs, timestamp: Date.now() / 1_000, scenePath: `scenes/${scene}.blend` },
        ...{ startFrame, numFrames, outputLocation: `frames/${this.topics.inTopic}/${this.#jobs}` },
      };
    });
    await this.topics.roundTrip(jobs);
  }

  /** CPU time that the Node process has taken, milliseconds. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resident memory of the largest Blender of the first worker, bytes. */
  blenderBytes(): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=,comm=', '--ppid', String(this.#pid)], { encoding: 'utf8' });
    const blenders = stdout.split('\n').filter((line) => line.endsWith('blender'));
    return Math.max(...blenders.map((line) => Number.parseInt(line, 10))) * 1_024;
  }
}

/** Puts the scenes of the benchmark into storage. */
export async function putScenes(lab: Lab): Promise<void> {
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  await storage.createBucket('scenes');
  for (const name of ['tiny', 'wide', 'big'] satisfies SceneName[])
    await storage.uploadFile('scenes', `${name}.blend`, await makeScene(name));
  for (let index = 0; index < manyScenes; index += 1)
    await storage.uploadFile('scenes', `${index}/tiny.blend`, await makeScene('tiny'));
}

/** Seconds that one Blender in a Python loop takes for so many frames, its start left out. `scenes`: opened anew, by turns. */
export async function limitSeconds(lab: Lab, count: number, scenes: readonly string[] = []): Promise<number> {
  const folder = await bareFolder(lab);
  const args = ['-b', '--factory-startup', '-noaudio', '-Y', await makeScene('tiny')];
  const own = ['--python', limitLoop, '--', folder, String(count), ...scenes];
  const { stderr } = spawnSync(blender, [...args, ...own], { encoding: 'utf8', maxBuffer: 1e9 });
  const seconds = /limit: (.*)/.exec(stderr)?.[1];
  if (seconds === undefined) throw new Error(`limit_loop.py did not end well: ${stderr.slice(-500)}`);
  return Number(seconds);
}

/** Renders with a Blender of its own. */
export async function renderCold(lab: Lab, scene: SceneName, first = 1, last = first): Promise<void> {
  const frames = first === last ? ['-f', String(first)] : ['-s', String(first), '-e', String(last), '-a'];
  const output = path.join(await bareFolder(lab), '####');
  await run(blender, ['-b', await makeScene(scene), '-o', output, ...frames]);
}

async function bareFolder(lab: Lab): Promise<string> {
  const folder = path.join(lab.folder, 'bare');
  await mkdir(folder, { recursive: true });
  return folder;
}
