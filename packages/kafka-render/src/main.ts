import { availableParallelism } from 'node:os';
import { createLogger, MinioClient, readMinioCredentials } from 'kafka-runner';
import { residentArgv } from './blender/blender-argv.ts';
import { blenderSandbox } from './blender/blender-sandbox.ts';
import { probeBlender } from './blender/blender-version.ts';
import { commandLineSpec, readConfig } from './config.ts';
import { warnOfOpenFiles } from './connection-options.ts';
import { KafkaRender } from './kafka-render.ts';
import { programVersion } from './program-version.ts';
import { loadRenderSchemas } from './render-schemas.ts';
import { SceneCache } from './scene-cache.ts';

/**
 * Arguments -> configuration -> parts -> run. Everything that could stop every job is looked at before the first one
 * is taken.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { options, runner } = readConfig(args);
  const logger = createLogger({ runner: commandLineSpec.program, level: options.debug ? 'debug' : 'info' });
  const credentials = await readMinioCredentials(options.credentials, (warning) =>
    logger.warn({ code: 'secret-file-open' }, warning),
  );
  warnOfOpenFiles(options, logger);
  const blender = await probeBlender(options.blender);
  const { executable, kind, version } = blender;
  logger.info({ blender: executable, kind, version }, 'Blender found');
  const idle = options.gpu?.slice(options.concurrency) ?? [];
  if (idle.length > 0) logger.warn({ gpus: idle }, 'more GPUs than --concurrency: these are not used');
  using storage = new MinioClient(credentials);
  await using scenes = new SceneCache({
    folder: options.scenes,
    maxBytes: options.maxScenesBytes,
    maxAssetBytes: options.maxAssetBytes,
    storage,
    logger,
  });
  const { gpuMissing, maxPixels, missingAssets, allowScripts, blockedScripts } = options;
  const { maxFrames, maxWaitingFrames, recycleAfter } = options;
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / options.concurrency));
  const resident = { command: residentArgv(blender, threads), recycleAfter };
  const places = {
    credentials: options.credentials,
    scenes: options.scenes,
    stagedScenes: await scenes.prepare(),
    assetRoots: options.assetRoots,
  };
  const how = {
    ...(options.blenderMode === 'resident' && { resident }),
    ...(options.sandbox !== 'off' && { sandbox: blenderSandbox(options.sandbox, blender, places) }),
  };
  const about = { version: await programVersion() };
  await new KafkaRender(
    { ...runner, ...how, ...about },
    {
      ...about,
      blender,
      storage,
      scenes,
      maxWaitingFrames,
      schemas: await loadRenderSchemas(options.schemas, logger),
      limits: { gpuMissing, maxPixels, missingAssets, allowScripts, blockedScripts, maxFrames, threads },
    },
  ).startListening();
}
