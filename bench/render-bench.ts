import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { MinioClient, readMinioCredentials } from 'kafka-runner';
import type { Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import type { SceneName } from '../lab/scenes/scene-names.ts';
import { processTree, type ProcessUse } from './process-use.ts';
import { run, startWorker } from './processes.ts';
import { TopicPair } from './topic-pair.ts';

const root = path.dirname(import.meta.dirname);
const limitScript = path.join(import.meta.dirname, 'limit_loop.py');

/** By its name: the one in PATH, as the worker's. */
const blender = 'blender';

/** With which a bench begins, so that nothing is measured that happens once. */
export const firstJobs = 50;

/** What a job of the benchmark asks for. */
export interface Ordered {
  readonly scene?: string;
  readonly startFrame?: number;
  readonly numFrames?: number;
}

/** A worker of ours as a process of its own, in a folder of its own, and its topics. */
export class RenderBench implements AsyncDisposable {
  readonly topics: TopicPair;
  /** The worker's working directory. */
  readonly folder: string;
  readonly #lab: Lab;
  readonly #flags: readonly string[];
  readonly #resources: AsyncDisposableStack;
  #jobs = 0;
  #pid = 0;

  private constructor(
    lab: Lab,
    topics: TopicPair,
    folder: string,
    flags: readonly string[],
    own: AsyncDisposableStack,
  ) {
    this.#lab = lab;
    this.topics = topics;
    this.folder = folder;
    this.#flags = flags;
    this.#resources = own;
  }

  /**
   * @param workers that share a group, and a partition for each
   * @param first how many jobs it does before anything is measured
   */
  static async start(
    lab: Lab,
    name: string,
    flags: readonly string[] = [],
    workers = 1,
    first = firstJobs,
  ): Promise<RenderBench> {
    const own = new AsyncDisposableStack();
    await using started = new AsyncDisposableStack();
    started.use(own);
    const topics = own.use(await TopicPair.open(lab.kafka, name, workers));
    const folder = await mkdtemp(path.join(lab.folder, 'worker-'));
    const bench = new RenderBench(lab, topics, folder, flags, own);
    const [pid = 0] = Array.from({ length: workers }, () => bench.#startWorker());
    bench.#pid = pid;
    // Memory is warm, and what is compiled late is compiled.
    await bench.run(first);
    started.move();
    return bench;
  }

  /** The resources of the bench end one after the other, the workers first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  #startWorker(): number {
    const { inTopic, outTopic } = this.topics;
    const schemas = path.join(root, 'packages/kafka-render/schemas');
    const { credentialsFile } = this.#lab.minio;
    const flags = ['-g', inTopic, '--schemas', schemas, '--credentials', credentialsFile, ...this.#flags];
    const args = [inTopic, outTopic, ...this.#lab.kafka.bootstrapServers, ...flags];
    return this.#resources.use(startWorker('bin/kafka-render', args, this.folder)).pid;
  }

  /** Sends so many jobs at once and waits for their results. Each has an output location of its own. */
  async run(count: number, ordered: (index: number) => Ordered = () => ({})): Promise<void> {
    const jobs = Array.from({ length: count }, (_, index) => {
      this.#jobs += 1;
      const { scene = 'tiny', startFrame = 1, numFrames = 1 } = ordered(index);
      return {
        ...{ jobId: this.#jobs, timestamp: Date.now() / 1_000, scenePath: `scenes/${scene}.blend` },
        ...{ startFrame, numFrames, outputLocation: `frames/${this.lastOutput}` },
      };
    });
    await this.topics.roundTrip(jobs);
  }

  /** Where in the bucket `frames` the pictures of the last job are. */
  get lastOutput(): string {
    return `${this.topics.inTopic}/${this.#jobs}`;
  }

  /** The first worker's Node process, then the processes that it has started. */
  processes(): [ProcessUse, ...ProcessUse[]] {
    return processTree(this.#pid);
  }
}

/** Puts scenes into storage, by the names that jobs call them. */
export async function putScenes(lab: Lab, scenes: Readonly<Record<string, SceneName>>): Promise<void> {
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  await storage.createBucket('scenes');
  for (const [name, scene] of Object.entries(scenes))
    await storage.uploadFile('scenes', `${name}.blend`, await makeScene(scene));
}

export interface LimitRun {
  readonly seconds: number;
  /** Of all processors. */
  readonly cpuSeconds: number;
}

/** What one Blender in a Python loop takes for so many frames, its start left out. `scenes`: opened anew, by turns. */
export async function limitLoop(lab: Lab, count: number, scenes: readonly string[] = []): Promise<LimitRun> {
  const folder = await bareFolder(lab);
  const args = ['-b', '--factory-startup', '-noaudio', '-Y', await makeScene('tiny')];
  const own = ['--python', limitScript, '--', folder, String(count), ...scenes];
  const { stderr } = spawnSync(blender, [...args, ...own], { encoding: 'utf8', maxBuffer: 1e9 });
  const [, seconds, cpuSeconds] = /limit: (\S+) (\S+)/.exec(stderr) ?? [];
  if (seconds === undefined) throw new Error(`limit_loop.py did not end well: ${stderr.slice(-500)}`);
  return { seconds: Number(seconds), cpuSeconds: Number(cpuSeconds) };
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
