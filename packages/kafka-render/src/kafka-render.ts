import path from 'node:path';
import { mkdirSync } from 'node:fs';
import {
  isJsonObject,
  KafkaRunner,
  type Command,
  type CommandResult,
  type FailedError,
  type Job,
  type JsonObject,
  type KafkaRunnerOptions,
  type Message,
  type MetricsRegistry,
  type MinioClient,
} from 'kafka-runner';
import { assetMissing, firstRound, roundWithMore, roundWithout, type Round } from './asset-rounds.ts';
import { checkBlendFile } from './blender/blend-header.ts';
import { blenderArgv, type RenderRequest } from './blender/blender-argv.ts';
import type { BlenderVersion } from './blender/blender-version.ts';
import { checkDevice } from './blender/check-device.ts';
import { checkStarted } from './blender/check-started.ts';
import { readReport, readSceneEvent, type RenderReport, type SceneEvent } from './blender/render-report.ts';
import { renderedScene } from './blender/render-verdict.ts';
import { deliveredFrames, type DeliveredFrame } from './delivery/delivered-frames.ts';
import { reportFiles, type FileSum } from './delivery/file-sum.ts';
import { FrameDelivery } from './delivery/frame-delivery.ts';
import { frameFingerprint, type FrameOrigin } from './delivery/frame-fingerprint.ts';
import { rangesToRender, reportTakenOver, takenOverBeside } from './delivery/taken-over.ts';
import { blamingTheDisk, keptWhenDiskIsFull } from './disk-trouble.ts';
import type { FrameRange } from './frames/frame-range.ts';
import { openFolder } from './frames/open-below.ts';
import { misspeltFields, parseRenderJob, type RenderJob } from './render-job.ts';
import { RenderProgress } from './render-progress.ts';
import type { RenderMetrics } from './render-metrics.ts';
import { renderOutput } from './render-output.ts';
import type { RenderSchemas } from './render-schemas.ts';
import { reportScene, setProvenance } from './report-scene.ts';
import { mayRenderAgain } from './retry-policy.ts';
import type { SceneCache, StagedScene } from './scene-cache.ts';

/** What holds for all jobs of a worker. */
type JobSetting = 'gpuMissing' | 'maxPixels' | 'missingAssets' | 'allowScripts' | 'blockedScripts' | 'threads';

/** What a render runner needs beside Kafka. */
export interface RenderParts {
  /** Version of Kafka Render. */
  readonly version: string;
  readonly blender: BlenderVersion;
  readonly storage: MinioClient;
  readonly scenes: SceneCache;
  readonly schemas: RenderSchemas;
  readonly limits: Pick<RenderRequest, JobSetting> & { readonly maxFrames: number };
  readonly maxWaitingFrames: number;
}

/** A job under way: what was asked for, what was there already, how Blender was told, and who sees to its frames. */
interface Rendering {
  readonly renderJob: RenderJob;
  readonly scene: StagedScene;
  readonly round: Round;
  readonly request: RenderRequest;
  readonly delivered: ReadonlyMap<number, DeliveredFrame>;
  readonly delivery: FrameDelivery;
  readonly progress: RenderProgress;
}

/** The runner for Blender: a job names a scene in storage, the frames go back to storage, one response says so. */
export class KafkaRender extends KafkaRunner {
  override readonly phaseNames = { prepared: 'staged', ran: 'loaded', answered: 'uploaded' };
  override readonly stateNames = { prepared: 'staged', running: 'rendering', answering: 'uploading' };
  readonly #parts: RenderParts;
  /** Files of scenes that were looked at and are good. */
  readonly #sound = new WeakSet<object>();
  readonly #renderings = new WeakMap<Job, Rendering>();
  /** Of jobs whose frames are all there: how many these are, and what of them earlier attempts have delivered. */
  readonly #takenOver = new WeakMap<Job, { readonly frames: number; readonly files: readonly FileSum[] }>();
  #metrics: RenderMetrics | undefined;

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
    const { schemas, limits } = this.#parts;
    const renderJob = parseRenderJob(value, { schema: schemas.job, maxFrames: limits.maxFrames });
    warnOfMisspelt(value, job);
    // Frames go up before the response is made: one that could never be sent is found out now.
    renderOutput(value, 0, schemas.output);
    const scene = await this.#stage(renderJob, firstRound, job);
    this.#metrics?.staged(scene);
    return await this.#command(renderJob, scene, firstRound, job);
  }

  /** Another command when Blender has told what it misses, and that is to be had or may be missing. */
  override async checkResult(result: CommandResult, job: Job): Promise<Command | undefined> {
    return await keptWhenDiskIsFull(job.folder, () => this.#verify(result, job));
  }

  /** The frames wait for storage: what is rendered is not rendered again because storage goes away meanwhile. */
  override async makeResponse({ value }: Message, elapsedSeconds: number, job: Job): Promise<JsonObject> {
    const rendered = (await this.#renderings.get(job)?.delivery.finish()) ?? [];
    const output = renderOutput(value, elapsedSeconds, this.#parts.schemas.output);
    const { frames, files } = this.#takenOver.get(job) ?? { frames: 0, files: [] };
    reportFiles(frames, [...rendered, ...files], job);
    return output;
  }

  override isTriedAgain(error: FailedError): boolean {
    return mayRenderAgain(error) && super.isTriedAgain(error);
  }

  /** It is the same program for every job, and has started before; and the same GPU, which has worked before. */
  override isMachineFault({ code }: FailedError): boolean {
    return code === 'command-not-started' || code === 'device-lost';
  }

  override async registerMetrics(registry: MetricsRegistry): Promise<void> {
    const { RenderMetrics: Metrics } = await import('./render-metrics.ts');
    this.#metrics = new Metrics(registry, this.#parts);
  }

  async #stage({ scene: place }: RenderJob, { wanted }: Round, job: Job): Promise<StagedScene> {
    const scene = job.resources.use(await this.#parts.scenes.stage(place, job.signal, wanted));
    // As tools show it.
    job.headers.set('scene-etag', scene.etag.replaceAll('"', ''));
    if (scene.assets.length > 0) job.headers.set('scene-assets', String(scene.assets.length));
    return scene;
  }

  async #command(renderJob: RenderJob, scene: StagedScene, round: Round, job: Job): Promise<Command> {
    const { limits, blender } = this.#parts;
    job.inputs.clear();
    job.inputs.add(path.dirname(scene.file));
    if (!this.#sound.has(scene.copy))
      await blamingTheDisk('the scene', () => checkBlendFile(scene.file, blender, job.signal));
    this.#sound.add(scene.copy);
    const { version } = this.#parts;
    const { etag: sceneEtag, assets } = scene;
    const origin = { renderJob, sceneEtag, assets, settings: limits, blenderVersion: blender.version, version };
    const delivered = await this.#delivered(origin, renderJob.frames, job);
    const missing = rangesToRender(renderJob.frames, delivered);
    job.report({ ...whatIsAsked(renderJob.frames), framesDone: delivered.size });
    if (missing.length === 0) {
      this.#renderings.delete(job);
      this.#report(renderJob, [], [...delivered.values()], job);
      return [];
    }
    const request = await this.#request(renderJob, missing, { scene, round }, job);
    // However the attempt ends, it is known what renders, and its time tells loading from rendering.
    job.resources.defer(() => noteRendering(request.reportPath, job));
    const report = (details: JsonObject): void => job.report(details);
    const progress = job.resources.use(new RenderProgress({ ranges: missing, delivered: delivered.keys(), report }));
    // Nobody reads the lines when nobody watches.
    if (this.settings.progressTopic !== undefined) job.output.onLine((line) => progress.printed(line));
    const delivery = job.resources.use(this.#startDelivery(origin, request, delivered, progress, job));
    this.#renderings.set(job, { renderJob, scene, round, request, delivered, delivery, progress });
    return blenderArgv(blender, request);
  }

  async #delivered(origin: FrameOrigin, frames: FrameRange, job: Job): Promise<ReadonlyMap<number, DeliveredFrame>> {
    const fingerprintOf = (frame: number): string => frameFingerprint(origin, frame);
    const delivered = await deliveredFrames({
      storage: this.#parts.storage,
      output: origin.renderJob.output,
      frames,
      fingerprintOf,
      signal: job.signal,
    });
    this.#metrics?.takenOver(delivered.size);
    if (delivered.size > 0) job.logger.info({ frames: delivered.size }, 'delivered by an earlier attempt');
    return delivered;
  }

  #startDelivery(
    origin: FrameOrigin,
    request: RenderRequest,
    before: ReadonlyMap<number, unknown>,
    progress: RenderProgress,
    job: Job,
  ) {
    return new FrameDelivery({
      storage: this.#parts.storage,
      output: origin.renderJob.output,
      fingerprintOf: (frame) => frameFingerprint(origin, frame),
      folder: job.resources.use(openFolder(request.outputFolder)).path,
      reportPath: request.reportPath,
      blockedScripts: request.blockedScripts,
      signal: job.signal,
      logger: job.logger,
      maxWaitingFrames: this.#parts.maxWaitingFrames,
      blender: job,
      onUploaded: (bytes) => this.#metrics?.uploaded(bytes),
      onDelivered: (frame) => {
        this.#metrics?.delivered();
        job.logger.debug({ frame }, 'frame delivered');
        progress.frameDelivered(frame);
        // One that is delivered again brings nobody nearer to the end.
        if (!before.has(frame)) job.progress();
      },
    });
  }

  async #verify(result: CommandResult, job: Job): Promise<Command | undefined> {
    const rendering = this.#rendering(job);
    const { renderJob, request, delivered, delivery, progress } = rendering;
    progress[Symbol.dispose]();
    const report = await blamingTheDisk("Blender's report", async () => readReport(request.reportPath));
    this.#metrics?.rendered(report.frames);
    checkStarted(result, report, job.output.tail());
    checkDevice(result, report, job.output.tail());
    if (report.error?.code === 'asset-missing') return await this.#withAssets(rendering, report, job);
    const scene = renderedScene(result, report, job.output.tail());
    const ranges = scene.simulations.length > 0 ? [renderJob.frames] : request.frames;
    await blamingTheDisk('the frames', () => delivery.verify(ranges, scene, report.frames));
    this.#report(renderJob, [scene], takenOverBeside(ranges, delivered), job);
    return undefined;
  }

  /** @throws RejectedError `asset-missing` when what Blender misses is not to be had, and may not be missing */
  async #withAssets(last: Rendering, report: RenderReport, job: Job): Promise<Command> {
    const { renderJob, delivery } = last;
    await delivery[Symbol.asyncDispose]();
    job.phases.enter(this.phaseNames.prepared);
    const more = roundWithMore(last.round, report);
    const scene = more ? await this.#stage(renderJob, more, job) : last.scene;
    const isThere = more !== undefined && scene.assets.length > last.scene.assets.length;
    const next = isThere ? more : roundWithout(more ?? last.round, report, this.#parts.limits.missingAssets);
    if (next) return await this.#command(renderJob, scene, next, job);
    throw assetMissing(report, scene);
  }

  #report(
    { frames }: RenderJob,
    rendered: readonly SceneEvent[],
    takenOver: readonly DeliveredFrame[],
    job: Job,
  ): void {
    const files = takenOver.flatMap(({ sums }) => sums);
    this.#takenOver.set(job, { frames: frames.last - frames.first + 1, files });
    reportTakenOver(takenOver, job);
    // Of all frames, those of earlier attempts too: it is part of their fingerprint.
    if (this.#parts.limits.allowScripts) job.headers.set('scripts-allowed', 'true');
    reportScene([...rendered, ...takenOver.map(({ provenance }) => provenance)], job);
  }

  #rendering(job: Job): Rendering {
    const rendering = this.#renderings.get(job);
    if (!rendering) throw new Error('this job has no command yet');
    return rendering;
  }

  async #request(
    { frames, useGpu }: RenderJob,
    missing: readonly FrameRange[],
    { scene, round }: Pick<Rendering, 'scene' | 'round'>,
    job: Job,
  ): Promise<RenderRequest> {
    const ofRound = (name: string): string =>
      path.join(job.folder, round.number === 1 ? name : `${round.number}-${name}`);
    const outputFolder = ofRound('frames');
    await blamingTheDisk('the frames', async () => mkdirSync(outputFolder));
    const { maxFrames: _, ...limits } = this.#parts.limits;
    return {
      scenePath: scene.file,
      frames: missing,
      simulatedFrames: frames,
      outputFolder,
      reportPath: ofRound('report.jsonl'),
      useGpu,
      ...limits,
      missingAssets: round.missingAssets,
    };
  }
}

function whatIsAsked({ first, last }: FrameRange): JsonObject {
  return { startFrame: first, numFrames: last - first + 1 };
}

function noteRendering(reportPath: string, job: Job): void {
  const scene = readSceneEvent(reportPath);
  if (!scene) return;
  job.phases.split('loaded', 'rendered', scene.monotonicSeconds);
  setProvenance([scene], job);
}

function warnOfMisspelt(value: Message['value'], job: Job): void {
  const names = isJsonObject(value) ? misspeltFields(value) : [];
  if (names.length === 0) return;
  const said = names.map((name) => name.slice(0, 40)).join(', ');
  job.logger.warn({ code: 'fields-ignored' }, `a job has no such fields, and they are ignored: ${said}`);
}
