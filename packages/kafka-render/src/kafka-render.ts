import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import {
  isJsonObject,
  KafkaRunner,
  untilAvailable,
  type Command,
  type CommandResult,
  type FailedError,
  type Job,
  type JsonObject,
  type KafkaRunnerOptions,
  type Message,
  type MinioClient,
} from 'kafka-runner';
import { checkBlendFile } from './blender/blend-header.ts';
import { blenderArgv, type RenderRequest } from './blender/blender-argv.ts';
import type { BlenderVersion } from './blender/blender-version.ts';
import { readReport, type SceneEvent } from './blender/render-report.ts';
import { renderedScene } from './blender/render-verdict.ts';
import { deliverFrames } from './deliver-frames.ts';
import { blamingTheDisk, keptWhenDiskIsFull } from './disk-trouble.ts';
import { verifyFrames } from './frames/verify-frames.ts';
import { parseRenderJob, type RenderJob } from './render-job.ts';
import { renderOutput } from './render-output.ts';
import type { RenderSchemas } from './render-schemas.ts';
import { reportScene } from './report-scene.ts';
import { mayRenderAgain } from './retry-policy.ts';
import type { SceneCache } from './scene-cache.ts';

/** What a render runner needs beside Kafka. */
export interface RenderParts {
  readonly blender: BlenderVersion;
  readonly storage: MinioClient;
  readonly scenes: SceneCache;
  readonly schemas: RenderSchemas;
  readonly limits: Pick<RenderRequest, 'gpuMissing' | 'maxPixels' | 'missingAssets' | 'blockedScripts'> & {
    readonly maxFrames: number;
  };
}

/** A job under way: what was asked for, and how Blender was told. */
interface Rendering {
  readonly renderJob: RenderJob;
  readonly request: RenderRequest;
}

/** The runner for Blender: a job names a scene in storage, the frames go back to storage, one response says so. */
export class KafkaRender extends KafkaRunner {
  readonly #parts: RenderParts;
  readonly #renderings = new WeakMap<Job, Rendering>();

  constructor(options: KafkaRunnerOptions, parts: RenderParts) {
    super({ outputLevel: 'debug', ...options });
    this.#parts = parts;
  }

  override describe({ value }: Message): JsonObject {
    if (!isJsonObject(value)) return {};
    const { jobId, scenePath, outputLocation } = value;
    return Object.fromEntries(
      Object.entries({ jobId, scenePath, outputLocation }).filter(([, field]) => field !== undefined),
    );
  }

  override async msgToCommand({ value }: Message, job: Job): Promise<Command> {
    const { schemas, limits, scenes, blender } = this.#parts;
    const renderJob = parseRenderJob(value, { schema: schemas.job, maxFrames: limits.maxFrames });
    const scene = job.resources.use(await scenes.stage(renderJob.scene, job.signal));
    await blamingTheDisk('the scene', () => checkBlendFile(scene.file, blender));
    const request = await this.#request(renderJob, scene.file, job);
    this.#renderings.set(job, { renderJob, request });
    return blenderArgv(blender.executable, request);
  }

  override async checkResult(result: CommandResult, job: Job): Promise<void> {
    const scene = await keptWhenDiskIsFull(job.folder, () => this.#verifiedScene(result, job));
    reportScene(scene, job);
  }

  /** The frames wait for storage: what is rendered is not rendered again because storage goes away meanwhile. */
  override async makeResponse({ value }: Message, elapsedSeconds: number, job: Job): Promise<JsonObject> {
    const { storage, schemas } = this.#parts;
    const { renderJob, request } = this.#rendering(job);
    const output = renderOutput(value, elapsedSeconds, schemas.output);
    const deliver = () => deliverFrames(storage, request.outputFolder, renderJob.output, job.signal);
    await untilAvailable(deliver, job.signal, job.logger);
    return { ...output, timestamp: Date.now() / 1_000 };
  }

  override isTriedAgain(error: FailedError): boolean {
    return mayRenderAgain(error) && super.isTriedAgain(error);
  }

  async #verifiedScene(result: CommandResult, job: Job): Promise<SceneEvent> {
    const { renderJob, request } = this.#rendering(job);
    const report = await blamingTheDisk("Blender's report", () => readReport(request.reportPath));
    const scene = renderedScene(result, report, job.output.tail());
    await blamingTheDisk('the frames', () =>
      verifyFrames(request.outputFolder, renderJob.frames, scene, report.frames),
    );
    return scene;
  }

  #rendering(job: Job): Rendering {
    const rendering = this.#renderings.get(job);
    if (!rendering) throw new Error('this job has no command yet');
    return rendering;
  }

  async #request({ frames, useGpu }: RenderJob, scenePath: string, job: Job): Promise<RenderRequest> {
    const outputFolder = path.join(job.folder, 'frames');
    await blamingTheDisk('the frames', () => mkdir(outputFolder));
    const { maxFrames: _, ...limits } = this.#parts.limits;
    return {
      scenePath,
      startFrame: frames.first,
      numFrames: frames.last - frames.first + 1,
      outputFolder,
      reportPath: path.join(job.folder, 'report.jsonl'),
      useGpu,
      ...limits,
    };
  }
}
