/** `npm run lab`: keeps a lab running until Ctrl-C, with the scenes that are named, and says how to use it. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join, parse, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, MinioClient, onShutdownSignals, readMinioCredentials, runProgram } from 'kafka-runner';
import { asTyped } from './as-typed.ts';
import { cloneFolder } from './cache.ts';
import { FrameMirror } from './frame-mirror.ts';
import { startLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { makeScene } from './scenes/make-scenes.ts';

const topics = {
  jobs: 'render.job',
  results: 'render.out',
  errors: 'render.errors',
  progress: 'render.progress',
  control: 'render.control',
};
const framesFolder = join(cloneFolder, 'out/lab');

/** The scenes named on the command line, seen from where it was typed; none: a test scene. */
async function scenesToUpload(): Promise<string[]> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const named = positionals.map((file) => resolve(process.env['INIT_CWD'] ?? '.', file));
  const missing = named.filter((file) => !existsSync(file));
  if (missing.length > 0)
    throw new ConfigError(`no such scene: ${missing.join(', ')}. Usage: npm run lab [SCENE.blend...]`);
  return named.length > 0 ? named : [await makeScene('counter')];
}

async function fill(lab: Lab, storage: MinioClient, scenes: readonly string[]): Promise<void> {
  const makeBuckets = ['scenes', 'frames'].map((bucket) => storage.createBucket(bucket));
  await Promise.all([...makeBuckets, ...Object.values(topics).map((topic) => lab.kafka.createTopic(topic))]);
  for (const scene of scenes) await storage.uploadFile('scenes', basename(scene), scene);
}

function printUsage(lab: Lab, scenes: readonly string[]): void {
  const { bootstrapServers } = lab.kafka;
  const workFolder = mkdtempSync(join(lab.folder, 'worker-'));
  const program = (name: string): string => join(cloneFolder, 'bin', name);
  const config = ['--config', writeSettings(lab)];
  const typed = (name: string, ...words: string[]): string => asTyped([program(name), ...words]);
  const jobs = scenes.map((scene, index) => JSON.stringify(jobFor(basename(scene), index + 1)));
  const send = (job: string): string => typed('kafka-test-producer', topics.jobs, ...bootstrapServers, '-m', job);
  console.log(`
Kafka   ${bootstrapServers.join(' ')}   log: ${lab.kafka.logFile}
MinIO   ${lab.minio.url}   access key: ${lab.minio.accessKey}   secret key: ${lab.minio.secretKey}
Folder  ${lab.folder} (removed at the end)

A worker, in a second terminal:
  cd ${asTyped([workFolder])} && ${typed('kafka-render', ...config)}

A dashboard in the browser, in a third one:
  cd ${asTyped([lab.folder])} && ${dashboard(lab)}

Another scene of yours for it, uploaded, rendered and followed to its end; then its frames (JOB is what submit says):
  ${typed('kafka-renderctl', 'submit', 'SCENE.blend', '--frames', '1-3', '--output', 'frames/test', '--watch', ...config)}
  ${typed('kafka-renderctl', 'frames', 'JOB', '--download', 'frames', ...config)}

Its results, and its errors:
  ${typed('kafka-topic-echo', topics.results, ...bootstrapServers)}
  ${typed('kafka-topic-echo', topics.errors, ...bootstrapServers)}

A job as it is sent by hand (change startFrame and numFrames as you like):
  ${jobs.map(send).join('\n  ')}

Which jobs failed (--send sends them again), and whether each has ended exactly once:
  ${typed('kafka-renderctl', 'retry', ...config)}
  ${typed('kafka-renderctl', 'verify', ...config)}

Frames appear below ${framesFolder}. Ctrl-C ends the lab.
`);
}

function dashboard({ kafka, minio }: Lab): string {
  const others = ['-e', topics.errors, '--progress-topic', topics.progress, '--control-topic', topics.control];
  const words = [
    topics.jobs,
    topics.results,
    ...kafka.bootstrapServers,
    ...others,
    '--credentials',
    minio.credentialsFile,
  ];
  return asTyped([join(cloneFolder, 'bin/kafka-render-dashboard'), ...words]);
}

/** For the worker and for kafka-renderctl. */
function writeSettings(lab: Lab): string {
  const file = join(lab.folder, 'kafka-render.json');
  const settings = {
    bootstrap: lab.kafka.bootstrapServers,
    inTopic: topics.jobs,
    outTopic: topics.results,
    errorTopic: topics.errors,
    progressTopic: topics.progress,
    controlTopic: topics.control,
    groupId: 'render',
    credentials: lab.minio.credentialsFile,
    schemas: join(cloneFolder, 'packages/kafka-render/schemas'),
  };
  writeFileSync(file, JSON.stringify(settings, undefined, 2));
  return file;
}

function jobFor(scene: string, jobId: number): object {
  const frames = { startFrame: 1, numFrames: 3 };
  const outputLocation = `frames/${parse(scene).name}`;
  return { jobId, timestamp: Math.floor(Date.now() / 1_000), scenePath: `scenes/${scene}`, ...frames, outputLocation };
}

async function main(): Promise<void> {
  const scenes = await scenesToUpload();
  console.log('Starting Kafka and MinIO ...');
  const interrupted = new AbortController();
  using _signals = onShutdownSignals(() => interrupted.abort());
  await using lab = await startLab();
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  await fill(lab, storage, scenes);
  printUsage(lab, scenes);
  const mirror = new FrameMirror(storage, 'frames', framesFolder, (file) => console.log(`frame: ${file}`));
  await mirror.run(interrupted.signal);
  console.log('Ending the lab; stop what you started in other terminals, too ...');
}

await runProgram('npm run lab', main);
