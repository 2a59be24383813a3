/** `npm run lab`: keeps a lab running until Ctrl-C and says how to use it by hand. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { MinioClient, onShutdownSignals, readMinioCredentials } from 'kafka-runner';
import { cloneFolder } from './cache.ts';
import { startLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { makeScene } from './scenes/make-scenes.ts';

const topics = { jobs: 'render.job', results: 'render.out', errors: 'error.log' };
const scene = 'counter';

async function fill(lab: Lab): Promise<void> {
  using storage = new MinioClient(await readMinioCredentials(lab.minio.credentialsFile));
  const upload = async (): Promise<void> => {
    const [file] = await Promise.all([makeScene(scene), storage.createBucket('scenes')]);
    await storage.uploadFile('scenes', `${scene}.blend`, file);
  };
  await Promise.all([upload(), ...Object.values(topics).map((topic) => lab.kafka.createTopic(topic))]);
}

function printUsage(lab: Lab): void {
  const { bootstrapServers } = lab.kafka;
  const workFolder = mkdtempSync(join(lab.folder, 'worker-'));
  const program = (name: string): string => join(cloneFolder, 'bin', name);
  const schemas = join(cloneFolder, 'packages/kafka-render/schemas');
  const options = ['-g', 'render', '--schemas', schemas, '--credentials', lab.minio.credentialsFile];
  const echo = (topic: string): string => asTyped([program('kafka-topic-echo'), topic, ...bootstrapServers]);
  const job = {
    jobId: 1,
    timestamp: Math.floor(Date.now() / 1000),
    scenePath: `scenes/${scene}.blend`,
    startFrame: 1,
    numFrames: 3,
    outputLocation: 'frames/first',
  };
  console.log(`
Kafka   ${bootstrapServers.join(' ')}   log: ${lab.kafka.logFile}
MinIO   ${lab.minio.url}   access key: ${lab.minio.accessKey}   secret key: ${lab.minio.secretKey}
Folder  ${lab.folder} (removed at the end)

A worker, in a second terminal:
  cd ${asTyped([workFolder])} && ${asTyped([program('kafka-render'), topics.jobs, topics.results, ...bootstrapServers, ...options])}

Its results, and its errors:
  ${echo(topics.results)}
  ${echo(topics.errors)}

A job for it:
  ${asTyped([program('kafka-test-producer'), topics.jobs, ...bootstrapServers, '-m', JSON.stringify(job)])}

Ctrl-C ends the lab.`);
}

/** A command line as one types it into a shell. */
function asTyped(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

async function untilInterrupted(): Promise<void> {
  const interrupted = Promise.withResolvers<void>();
  const staysAwake = setInterval(() => {}, 60_000);
  using _ = onShutdownSignals(() => interrupted.resolve());
  await interrupted.promise;
  clearInterval(staysAwake);
}

console.log('Starting Kafka and MinIO ...');
await using lab = await startLab();
await fill(lab);
printUsage(lab);
await untilInterrupted();
console.log('Ending the lab ...');
