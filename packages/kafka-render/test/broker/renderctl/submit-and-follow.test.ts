// Expected: with one settings file for worker and kafka-renderctl, a scene of this machine is uploaded with what it uses
// (once), rendered, followed to its end, and its frames are fetched and checked.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile, cp, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { makeScene } from '../../../../../lab/scenes/make-scenes.ts';
import { RenderFarm } from '../../render-farm.ts';
import { endOf, program, runCtl, start, type CtlEnd } from './ctl-under-test.ts';

interface Submitted {
  readonly jobId: number;
  readonly scenePath: string;
  readonly how: string;
  readonly packed: readonly string[];
  readonly jobs: readonly { readonly job: string; readonly startFrame: number; readonly numFrames: number }[];
}

async function settingsFile({ folder, topics, lab, group, bucket }: RenderFarm): Promise<string> {
  const file = path.join(path.dirname(folder.cwd), 'kafka-render.json');
  const settings = {
    bootstrap: lab.kafka.bootstrapServers,
    inTopic: topics.jobs,
    outTopic: topics.results,
    errorTopic: topics.errors,
    progressTopic: `${topics.jobs}.progress`,
    controlTopic: `${topics.jobs}.control`,
    groupId: group,
    scenesBucket: `${bucket}-scenes`,
    credentials: 'credentials/minio_credentials.json',
    schemas: 'json_schemas',
  };
  await writeFile(file, JSON.stringify(settings));
  await Promise.all([settings.progressTopic, settings.controlTopic].map((topic) => lab.kafka.createTopic(topic)));
  return file;
}

/** By its name, as soon as `watch --json` says so. */
async function workerThatRenders(watching: ChildProcess): Promise<string> {
  for await (const line of createInterface(watching.stdout as Readable)) {
    const { state, worker = '' } = JSON.parse(line) as { state: string; worker?: string };
    if (state === 'rendering') return worker;
  }
  throw new Error('watch ended before');
}

test('submit, watch and frames', { timeout: 400_000 }, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { partitions: 2 } });
  const config = await settingsFile(farm);
  const ctl = (...args: string[]): Promise<CtlEnd> => runCtl([...args, '--config', config]);
  const submit = async (...args: string[]): Promise<Submitted> => {
    const { code, stdout, stderr } = await ctl('submit', ...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Submitted;
  };
  const worker = farm.startWorkerWith(['--config', config]);
  const scene = await makeScene('textured-linked');
  const before = await readFile(scene);
  const { mtimeMs } = await stat(scene);
  const output = `${farm.bucket}/shot`;
  const folder = path.join(path.dirname(farm.folder.cwd), 'fetched');
  let submitted: Submitted;

  await t.test('a scene goes up with its texture and its library, as several jobs', async () => {
    submitted = await submit(scene, '--frames', '1-3', '--output', output, '--jobs', '2');
    assert.deepEqual([submitted.how, submitted.packed.length > 1], ['uploaded', true]);
    assert.match(submitted.scenePath, new RegExp(`^${farm.bucket}-scenes/[0-9a-f]{32}/textured-linked\\.blend$`));
    assert.deepEqual(
      submitted.jobs.map(({ startFrame, numFrames }) => [startFrame, numFrames]),
      [
        [1, 1],
        [2, 2],
      ],
    );
    const partitions = new Set(submitted.jobs.map(({ job }) => job.split('-').at(-2)));
    assert.equal(partitions.size, 2, 'each partition has a job');
    assert.deepEqual([await readFile(scene), (await stat(scene)).mtimeMs], [before, mtimeMs], 'the file is left alone');
  });

  await t.test('watch follows them to their ends, as lines', async () => {
    const { code, stdout, stderr } = await ctl('watch', ...submitted.jobs.map(({ job }) => job));
    assert.equal(code, 0, stdout + stderr);
    for (const { job } of submitted.jobs) {
      assert.match(stdout, new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${job} completed, \\d of \\d frames?$`, 'm'));
    }
    assert.match(stdout, /^2 of 2 jobs ended, 3 of 3 frames$/m);
  });

  await t.test('on a terminal: a table with bars', async () => {
    const command = `stty rows 24 cols 200; exec ${program} watch ${submitted.jobId} --config ${config}`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { code, stdout } = await endOf(terminal);
    assert.equal(code, 0, stdout);
    assert.match(stripVTControlCharacters(stdout), /-0 +completed +█{20} 100 % +\d of \d frames?/);
  });

  await t.test('the content decides: a copy is there already, with another texture it is not', async () => {
    const copy = path.join(path.dirname(farm.folder.cwd), 'copy');
    await cp(path.dirname(scene), copy, { recursive: true });
    const again = (): Promise<Submitted> =>
      submit(path.join(copy, 'textured-linked.blend'), '--frames', '1', '--output', `${farm.bucket}/copy`);
    assert.deepEqual(await again().then(({ how, scenePath }) => [how, scenePath]), [
      'there already',
      submitted.scenePath,
    ]);
    const texture = submitted.packed.find((file) => file.endsWith('.png')) ?? '';
    await appendFile(path.join(copy, path.relative(path.dirname(scene), texture)), 'behind its end');
    assert.equal((await again()).how, 'uploaded');
  });

  await t.test('frames are fetched and have the sum of the result, by name and by jobId', async () => {
    const { code, stdout, stderr } = await ctl('frames', String(submitted.jobId), '--download', folder, '--json');
    assert.equal(code, 0, stdout + stderr);
    const jobs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { files: { path: string; file: string }[] });
    assert.deepEqual(jobs.flatMap(({ files }) => files.map((file) => file.path)).toSorted(), [
      '0001.png',
      '0002.png',
      '0003.png',
    ]);
    const [first] = submitted.jobs;
    assert.deepEqual(
      await readFile(path.join(folder, '0001.png')),
      (await farm.storage.get(farm.bucket, 'shot/0001.png')).content,
    );
    // Not fetched again: it keeps its time.
    await utimes(path.join(folder, '0001.png'), 1, 1);
    assert.equal((await ctl('frames', first?.job ?? '', '--download', folder)).code, 0);
    assert.equal((await stat(path.join(folder, '0001.png'))).mtimeMs, 1_000);
  });

  await t.test('a frame that is another one than the result says is named', async () => {
    const strange = path.join(path.dirname(farm.folder.cwd), 'strange.png');
    await writeFile(strange, 'not what was rendered');
    await farm.storage.put(farm.bucket, 'shot/0003.png', strange);
    const { code, stdout } = await ctl('frames', submitted.jobs[1]?.job ?? '', '--download', folder);
    assert.deepEqual([code, /WRONG: these are not the frames of the result/.test(stdout)], [1, true], stdout);
    await farm.storage.remove(farm.bucket, 'shot/0003.png');
    assert.match((await ctl('frames', submitted.jobs[1]?.job ?? '')).stdout, /WRONG: 1 of 2 frames are not in storage/);
  });

  await t.test('submit --watch of a job that fails: exit code 1, and why', async () => {
    const refused = await farm.putScene('no-camera');
    const { code, stdout } = await ctl('submit', refused, '--frames', '1', '--output', output, '--watch');
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^scene .*no-camera\.blend \(as it is\)$/m);
    assert.match(stdout, / failed, .*no-camera: /);
    const job = /^(\S+)  jobId/m.exec(stdout)?.[1] ?? '';
    const frames = await ctl('frames', job);
    assert.deepEqual([frames.code, frames.stdout.includes('ended with no-camera: ')], [1, true], frames.stderr);
  });

  await t.test('a job that runs is watched as JSON and cancelled; the worker is drained', async () => {
    const slow = await farm.putScene('slow');
    const { jobs } = await submit(slow, '--frames', '1-9', '--output', output);
    const job = jobs[0]?.job ?? '';
    const watching = start(['watch', job, '--json', '--config', config]);
    const watched = endOf(watching);
    const all = start(['watch', '--json', '--config', config]);
    const seen = endOf(all);
    const [name] = await Promise.all([workerThatRenders(watching), workerThatRenders(all)]);
    all.kill('SIGINT');
    const { code: stopped, stdout: seenJobs } = await seen;
    assert.equal(stopped, 0);
    for (const line of seenJobs.trim().split('\n')) assert.equal((JSON.parse(line) as { job: string }).job, job);
    const cancelled = await ctl('cancel', job, '--reason', 'a test');
    assert.deepEqual([cancelled.code, cancelled.stdout], [0, `${job} cancelled\n`], cancelled.stderr);
    const { code, stdout } = await watched;
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { job: string; state: string };
    assert.deepEqual([code, last.job, last.state], [1, job, 'cancelled']);
    const drained = await ctl('drain', name);
    assert.equal(drained.code, 0, drained.stdout + drained.stderr);
    assert.equal((await worker.endsWithin(20_000)).code, 0);
  });
});

test('what cannot be sent is refused before anything is uploaded or sent', { timeout: 240_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const config = await settingsFile(farm);
  const folder = path.join(path.dirname(farm.folder.cwd), 'broken');
  await mkdir(folder);
  await writeFile(path.join(folder, 'text.blend'), 'no scene');
  const refusals: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [[await makeScene('missing-texture')], 2, /uses files that are missing.*\n  \/.*\.png\n/],
    [[path.join(folder, 'text.blend')], 2, /Blender cannot open or pack .*text\.blend/],
    [[`${farm.bucket}/none.blend`], 2, /there is no scene .*none\.blend: neither a file here, nor/],
    [['none'], 2, /there is no scene none/],
    [[await makeScene('tiny'), '--output', 'no'], 3, /outputLocation: .*"no"/],
    [[await makeScene('tiny'), '--frames', '9-1'], 2, /--frames <range>: must be 7, or 1-250/],
    [[await makeScene('tiny'), '--in-topic', 'none'], 2, /topic none does not exist/],
  ];
  const refused = refusals.map(async ([args, code, says]) => {
    const end = await runCtl([
      'submit',
      '--frames',
      '1',
      '--output',
      `${farm.bucket}/out`,
      '--config',
      config,
      ...args,
    ]);
    assert.deepEqual([end.code, end.stdout], [code, ''], end.stderr);
    assert.match(end.stderr, says);
  });
  await Promise.all(refused);
  assert.deepEqual(await farm.kafka.read([farm.topics.jobs], 0, 1), { [farm.topics.jobs]: [] });
  assert.equal(await farm.storage.hasBucket(`${farm.bucket}-scenes`), false);
});
