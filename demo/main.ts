/**
 * `npm run demo`: three jobs on a Kafka, a MinIO and a Blender of its own, from the message to the frames, which one can watch
 * in a browser. `npm run demo -- --keep`: everything stays until Ctrl-C.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { isJsonObject, MinioClient, readMinioCredentials, type JsonObject } from 'kafka-runner';
import { Listr } from 'listr2';
import { startLab, type Lab } from '../lab/lab.ts';
import { makeScene } from '../lab/scenes/make-scenes.ts';
import { parseProgressLine } from '../packages/kafka-render/src/blender/progress-line.ts';
import { makeContactSheet } from './contact-sheet.ts';
import { demoJobs, type DemoJob } from './jobs.ts';
import { Program } from './program.ts';

const root = path.dirname(import.meta.dirname);
const outFolder = path.join(root, 'out/demo');
/** Far more than a job of the demo takes anywhere, also on a machine with much else to do. */
const jobTimeoutMs = 300_000;
const topics = { jobs: 'render.job', results: 'render.out', errors: 'render.errors' };
/** By which the dashboard sees how far jobs are, and cancels them. */
const watch = { progress: 'render.progress', control: 'render.control' };
const watchFlags = ['--progress-topic', watch.progress, '--control-topic', watch.control];

/** A job on its way: `progress` is set by whoever displays it, `end` resolves with its terminal record. */
interface Underway extends DemoJob {
  readonly end: PromiseWithResolvers<JsonObject>;
  progress: (text: string) => void;
}

async function prepareScenes(lab: Lab, storage: MinioClient): Promise<void> {
  const demoScene = path.join(lab.folder, 'demo.blend');
  const script = path.join(import.meta.dirname, 'demo_scene.py');
  const args = ['--background', '--factory-startup', '-noaudio', '--python-exit-code', '1', '--python', script];
  const [noCamera] = await Promise.all([
    makeScene('no-camera'),
    promisify(execFile)('blender', [...args, '--', demoScene]),
    storage.createBucket('scenes'),
  ]);
  await storage.uploadFile('scenes', 'demo.blend', demoScene);
  await storage.uploadFile('scenes', 'no-camera.blend', noCamera);
}

function find(jobs: readonly Underway[], jobId: unknown): Underway | undefined {
  return jobs.find(({ message }) => message.jobId === jobId);
}

/**
 * Starts the worker and what listens to it. Prints nothing itself: results and errors end their job, the worker's log
 * lines tell how far each one is.
 */
async function startPrograms(lab: Lab, jobs: readonly Underway[], programs: AsyncDisposableStack): Promise<Program> {
  const cwd = path.join(lab.folder, 'worker');
  await mkdir(cwd);
  const servers = lab.kafka.bootstrapServers;
  const onResult = (line: string): void => {
    const record = JSON.parse(line) as JsonObject;
    const job = isJsonObject(record['renderJob']) ? record['renderJob'] : record;
    find(jobs, job['jobId'])?.end.resolve(record);
  };
  for (const topic of [topics.results, topics.errors]) {
    const listening = Promise.withResolvers<void>();
    const onStderr = (): void => listening.resolve();
    const options = { cwd, labFolder: lab.folder, onStdout: onResult, onStderr };
    programs.use(new Program('kafka-topic-echo', [topic, ...servers], options));
    await listening.promise;
  }
  const schemas = path.join(root, 'packages/kafka-render/schemas');
  const flags = [
    '-g',
    'demo',
    '-e',
    topics.errors,
    '-d',
    '--schemas',
    schemas,
    '--credentials',
    lab.minio.credentialsFile,
    ...watchFlags,
  ];
  const onStderr = (line: string): void => showProgress(line, jobs);
  const args = [topics.jobs, topics.results, ...servers, ...flags];
  return programs.use(new Program('kafka-render', args, { cwd, labFolder: lab.folder, onStderr }));
}

/** Resolves to its address. */
async function startDashboard(lab: Lab, programs: AsyncDisposableStack): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const onStdout = (line: string): void => resolve(line);
  const onStderr = (line: string): void => console.error(line);
  const flags = ['-e', topics.errors, '--credentials', lab.minio.credentialsFile, '--port', '0', ...watchFlags];
  const args = [topics.jobs, topics.results, ...lab.kafka.bootstrapServers, ...flags];
  const options = { cwd: lab.folder, labFolder: lab.folder, onStdout, onStderr };
  const dashboard = programs.use(new Program('kafka-render-dashboard', args, options));
  const ended = dashboard.ended().then(() => {
    throw new Error('the dashboard did not start');
  });
  return await Promise.race([promise, ended]);
}

function showProgress(logLine: string, jobs: readonly Underway[]): void {
  if (!logLine.startsWith('{')) return console.error(logLine);
  const { jobId, level, message } = JSON.parse(logLine) as { jobId?: number; level: string; message: string };
  const job = find(jobs, jobId);
  if (!job && level === 'error') console.error(`kafka-render: ${message}`);
  const progress = parseProgressLine(message);
  if (!job || progress?.frame === undefined || progress.samplesTotal === undefined) return;
  const { startFrame, numFrames } = job.message;
  const frame = progress.frame - startFrame + 1;
  job.progress(`frame ${frame} of ${numFrames}, sample ${progress.samples}/${progress.samplesTotal}`);
}

async function send(job: DemoJob, lab: Lab): Promise<void> {
  const args = [topics.jobs, ...lab.kafka.bootstrapServers, '-m', JSON.stringify(job.message)];
  await using producer = new Program('kafka-test-producer', args, { cwd: lab.folder, labFolder: lab.folder });
  if ((await producer.ended()) !== 0) throw new Error(`kafka-test-producer could not send job ${job.message.jobId}`);
}

/** The job's terminal record. Throws when none can come any more, and when none came in time. */
async function endOf(job: Underway, worker: Program): Promise<JsonObject> {
  const workerEnded = worker.ended().then((code) => {
    throw new Error(`kafka-render ended with ${code ?? 'a signal'} before job ${job.message.jobId} did`);
  });
  const late = sleep(jobTimeoutMs, undefined, { ref: false }).then(() => {
    throw new Error(`Job ${job.message.jobId} did not end within ${jobTimeoutMs / 1_000} s`);
  });
  return await Promise.race([job.end.promise, workerEnded, late]);
}

async function followJobs(jobs: readonly Underway[], lab: Lab, worker: Program): Promise<void> {
  const tasks = jobs.map((job) => ({
    title: `job ${job.message.jobId}: ${job.title}`,
    task: async (_: unknown, task: { title: string; output: string | undefined }) => {
      if (process.stdout.isTTY) job.progress = (text) => (task.output = text);
      await send(job, lab);
      const record = await endOf(job, worker);
      task.title += record['code'] === undefined ? ' - rendered' : ` - failed: ${record['code'] as string}`;
    },
  }));
  await new Listr(tasks, { concurrent: true, fallbackRendererCondition: !process.stdout.isTTY }).run();
}

function printResults(records: readonly JsonObject[]): void {
  const table = new Table({ head: ['job', 'scene', 'frames', 'outcome', 'seconds', 'where'], style: { head: [] } });
  for (const record of records) {
    const job = isJsonObject(record['renderJob'])
      ? record['renderJob']
      : (JSON.parse(String(record['value'])) as JsonObject);
    const failed = record['code'] !== undefined;
    const seconds = failed ? '' : Number(record['elapsedTime']).toFixed(1);
    const where = failed ? topics.errors : job['outputLocation'];
    const outcome = failed ? record['code'] : 'completed';
    table.push([job['jobId'], job['scenePath'], job['numFrames'], outcome, seconds, where].map(String));
  }
  console.log(`\n${table.toString()}`);
  for (const record of records.filter(({ code }) => code !== undefined)) {
    console.log(`\nThe error record on ${topics.errors}:\n${JSON.stringify(record, null, 2)}`);
  }
}

async function fetchFrames(storage: MinioClient): Promise<string> {
  await rm(outFolder, { recursive: true, force: true });
  const frames = await storage.downloadDirectory('frames', '', outFolder);
  const sheet = path.join(outFolder, 'contact-sheet.png');
  await makeContactSheet(frames, sheet);
  return sheet;
}

console.log('Starting Kafka and MinIO ...');
await using lab = await startLab();
using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
await Promise.all([
  ...Object.values({ ...topics, ...watch }).map((topic) => lab.kafka.createTopic(topic)),
  prepareScenes(lab, storage),
]);
const jobs = demoJobs().map((job) => ({ ...job, end: Promise.withResolvers<JsonObject>(), progress: () => {} }));
await using programs = new AsyncDisposableStack();
console.log(await startDashboard(lab, programs));
const worker = await startPrograms(lab, jobs, programs);
await followJobs(jobs, lab, worker);
printResults(await Promise.all(jobs.map(({ end }) => end.promise)));
console.log(`\nAll frames on one contact sheet: ${await fetchFrames(storage)}`);
if (process.argv.includes('--keep')) {
  console.log('\nEverything keeps running, the dashboard too, until Ctrl-C.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
