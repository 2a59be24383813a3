// Expected: every command that a page tells its reader to type is typed here, in the order of the page, on a real Kafka, MinIO and
// Blender, and does what the page says; or it stands in the list of those that are not run, with the reason.
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { MinioClient } from 'kafka-runner';
import { cloneFolder } from '../../lab/cache.ts';
import { startLab } from '../../lab/lab.ts';
import { makeScene } from '../../lab/scenes/make-scenes.ts';
import { notRun } from '../commands/not-run.ts';
import { commandsOf } from '../commands/page-commands.ts';
import { Stage } from '../commands/stage.ts';

const read = (page: string): Promise<string> => readFile(path.join(cloneFolder, page), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await Array.fromAsync(glob('docs/**/*.md', { cwd: cloneFolder }))).toSorted(),
];
const topics = ['render.job', 'render.out', 'render.errors', 'sums.job', 'sums.out', 'error.log'];

test('what the pages say to type', { timeout: 1_200_000 }, async (t) => {
  await using lab = await startLab({ kafka: { properties: withAcls } });
  using storage = new MinioClient(lab.minio);
  for (const topic of topics) await lab.kafka.createTopic(topic);
  for (const bucket of ['scenes', 'frames', 'models']) await storage.createBucket(bucket);
  const scene = await makeScene('counter');
  await storage.uploadFile('scenes', 'my.blend', scene);
  await storage.uploadFile('models', 'cube.blend', scene);
  await using stage = await Stage.open(lab, scene);
  for (const page of pages) {
    const commands = commandsOf(await read(page));
    if (commands.length === 0) continue;
    await t.test(page, async () => {
      for (const { text, line } of commands) {
        if (isNotRun(page, text)) continue;
        await stage.type(text).catch((cause: Error) => {
          throw new Error(`${page}:${line} does not work: ${cause.message}`, { cause });
        });
      }
      await outcomes[page]?.(stage, storage);
      stage.assertAllStay();
    });
  }
});

/** What the reader of a page has seen at its end. */
const outcomes: Readonly<Record<string, (stage: Stage, storage: MinioClient) => Promise<void>>> = {
  'README.md': async (stage, storage) => {
    await stage.find('bin/kafka-topic-echo render.out').prints(/"renderJob"/);
    const frames = (await Array.fromAsync(storage.listObjects('frames', 'my/'))).map(({ key }) => key);
    assert.equal(frames.length, 24);
    assert.deepEqual([frames[0], frames[23]], ['my/0001.png', 'my/0024.png']);
    await stage.find('bin/kafka-topic-echo sums.out').prints(/"sha256":"[0-9a-f]{64}"/);
    await failJob(stage);
  },
  'docs/first-frame.md': async (stage) => {
    const lab = stage.find('npm run lab');
    const [printed] = await lab.prints(/A worker, in a second terminal:[^]*Ctrl-C ends the lab\./);
    const lines = [...printed.matchAll(/^ {2}(\S.*)$/gm)].map(([, line = '']) => line);
    assert.ok(lines.length >= 6);
    const results = lines.find((line) => line.includes('topic-echo')) ?? '';
    let job = 'JOB';
    for (const line of lines) {
      const text = line.replace('SCENE.blend', 'my.blend').replace('JOB', job);
      // A worker, and what looks at topics, stay in terminals of their own.
      const typed = await stage.type(/kafka-render(-dashboard)? |topic-echo/.test(line) ? `${text} &` : text);
      if (line.includes(' submit ')) [job = ''] = await typed.prints(/render\.job-\d+-\d+/);
      if (line.includes('kafka-test-producer')) await stage.find(results).prints(/"renderJob"/);
    }
    await lab.prints(/frame: .*out\/lab\/my\/0003\.png/);
  },
};

/** A job whose scene is not there, for the pages that tell what to do about such a one. */
async function failJob(stage: Stage): Promise<void> {
  const errors = await stage.type('bin/kafka-topic-echo render.errors 127.0.0.1:9092 &');
  await errors.prints(/listening/);
  const job = {
    jobId: 2,
    timestamp: 0,
    scenePath: 'scenes/no.blend',
    startFrame: 1,
    numFrames: 1,
    outputLocation: 'frames/no',
  };
  await stage.type(`bin/kafka-test-producer render.job 127.0.0.1:9092 -m '${JSON.stringify(job)}'`);
  await errors.prints(/scene-not-found/);
}

const isNotRun = (page: string, text: string): boolean =>
  notRun.some((entry) => entry.page === page && entry.command === text);

/** So that rights can be given: to somebody who does not come here, for whoever comes here may everything. */
const withAcls = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};

test('the list of what is not run names commands that are there, and the tests that run them', async () => {
  for (const { page, command, why, runBy } of notRun) {
    const texts = commandsOf(await read(page)).map(({ text }) => text);
    assert.ok(texts.includes(command), `${page} does not say: ${command}`);
    assert.ok(why.length > 10);
    if (runBy !== undefined) assert.ok((await read(runBy)).includes(command), `${runBy} does not run: ${command}`);
  }
});
