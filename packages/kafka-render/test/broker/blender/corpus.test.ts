// Every scene of the corpus gets its verdict, from a process of its own and from one Blender that renders them all: no broken
// scene passes for a success, no good one for a failure. The table is in test/corpus.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { JobError } from 'kafka-runner';
import { checkBlendFile } from '../../../src/blender/blend-header.ts';
import { residentArgv } from '../../../src/blender/blender-argv.ts';
import { renderedScene } from '../../../src/blender/render-verdict.ts';
import { verifyFrames } from '../../../src/frames/verify-frames.ts';
import { mapConcurrently } from '../../../src/map-concurrently.ts';
import { corpus, type CorpusCase } from '../../corpus/corpus.ts';
import { ResidentBlender } from './resident-blender.ts';
import { runBlender, type BlenderRun, type Changes } from './run-blender.ts';
import { testedBlender } from './tested-blender.ts';

const cases = await corpus(testedBlender);
const timeout = 1_500_000;
/** Of refusing a bad job in a Blender that is there. */
const longestMedianMs = 300;

type Run = (scenePath: string, changes: Changes) => Promise<BlenderRun>;

/** What the job of a scene comes to, as a worker judges it. */
async function verdictOf({ scenePath, startFrame, numFrames, job }: CorpusCase, run: Run) {
  try {
    await checkBlendFile(scenePath, testedBlender);
    const { request, end, report } = await run(scenePath, { startFrame, numFrames, ...job });
    const scene = renderedScene(end, report);
    const frames = await verifyFrames(request.outputFolder, request.frames, scene, report.frames);
    return { verdict: 'good', files: frames.map((frame) => frame.path), why: '' };
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    return { verdict: error.code, files: [], why: error.message };
  }
}

/** Those that did not get what the table says. */
function misjudged(found: readonly Awaited<ReturnType<typeof verdictOf>>[]): unknown[] {
  return cases.flatMap(({ name, verdict, files }, at) => {
    const { why, ...said } = found[at] ?? { why: 'not looked at' };
    const isRight = JSON.stringify(said) === JSON.stringify({ verdict, files });
    return isRight ? [] : [{ name, expected: { verdict, files }, said, why }];
  });
}

test('enough of both, and no two of one name', () => {
  assert.ok(cases.filter(({ verdict }) => verdict !== 'good').length >= 60);
  assert.ok(cases.filter(({ verdict }) => verdict === 'good').length >= 20);
  assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
});

test('a process for each job', { timeout }, async (t) => {
  const found = await mapConcurrently(cases, 2, (each) => verdictOf(each, (...job) => runBlender(t, ...job)));
  assert.deepEqual(misjudged(found), []);
});

test('one Blender for all jobs', { timeout }, async (t) => {
  const resident = await ResidentBlender.start(t, residentArgv(testedBlender));
  const [found, refusals] = [[] as Awaited<ReturnType<typeof verdictOf>>[], [] as number[]];
  for (const each of cases) {
    const folder = await mkdtemp(path.join(tmpdir(), 'corpus-job-'));
    const startedMs = performance.now();
    const said = await verdictOf(each, (...job) => resident.run(...job, folder));
    if (said.verdict !== 'good') refusals.push(performance.now() - startedMs);
    found.push(said);
    await rm(folder, { recursive: true });
  }
  assert.deepEqual(misjudged(found), []);
  const medianMs = refusals.toSorted((a, b) => a - b)[refusals.length >> 1] ?? Infinity;
  t.diagnostic(
    `${cases.length} scenes, ${refusals.length} of them refused, by ${medianMs.toFixed(0)} ms in the median`,
  );
  assert.ok(medianMs < longestMedianMs, `${medianMs} ms`);
});
