import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, RejectedError } from 'kafka-runner';
import type { RenderReport } from '../../../src/blender/render-report.ts';
import { renderedScene, type ProcessEnd } from '../../../src/blender/render-verdict.ts';
import { sceneEvent } from './scene-event.ts';

const ended = (exitCode: number | null, signal: string | null = null): ProcessEnd => ({ exitCode, signal });
const whole: RenderReport = {
  scene: sceneEvent(),
  frames: [{ event: 'frame', frame: 7, files: [], elapsedSeconds: 1, blockedScripts: null }],
  done: { event: 'done', framesWritten: 1, blockedScripts: null },
};
const refused = (code: string): RenderReport => ({ frames: [], error: { event: 'error', code, message: 'why' } });
const nothing: RenderReport = { frames: [] };

test('exit code 0 and a whole report: what Blender said of the scene', () => {
  assert.deepEqual(renderedScene(ended(0), whole), sceneEvent());
});

const verdicts: readonly [
  string,
  ProcessEnd,
  RenderReport,
  typeof FailedError | typeof RejectedError,
  string,
  RegExp,
][] = [
  ['the scene is at fault', ended(12), refused('no-camera'), RejectedError, 'no-camera', /^why$/],
  ['rendering went wrong', ended(19), refused('render-error'), FailedError, 'render-error', /^why$/],
  ['the report is lost', ended(13), nothing, RejectedError, 'movie-format', /exit code 13/],
  ['Python failed early', ended(10), nothing, FailedError, 'script-error', /exit code 10/],
  ['a crash', ended(null, 'SIGSEGV'), whole, FailedError, 'crashed', /SIGSEGV; .* is 7/],
  ['the scene does not open', ended(11), refused('scene-not-loaded'), FailedError, 'scene-not-loaded', /^why$/],
  ['another exit code', ended(3), nothing, FailedError, 'crashed', /exit code 3; it never got/],
  ['exit code 0 and silence', ended(0), nothing, FailedError, 'crashed', /exit code 0; it never got/],
  ['exit code 0 and no end', ended(0), { scene: sceneEvent(), frames: [] }, FailedError, 'crashed', /no frame/],
  ['exit code 0 and a refusal', ended(0), refused('no-camera'), RejectedError, 'no-camera', /^why$/],
];

for (const [name, end, report, kind, code, message] of verdicts) {
  test(name, () => {
    assert.throws(
      () => renderedScene(end, report),
      (error) => error instanceof kind && error.code === code && message.test(error.message),
    );
  });
}

test('a script that was refused only while rendering', () => {
  const done = { event: 'done', framesWritten: 1, blockedScripts: 'driver' } as const;
  assert.equal(renderedScene(ended(0), { ...whole, done }).blockedScripts, 'driver');
  const scene = sceneEvent({ blockedScripts: 'on_open.py' });
  assert.equal(renderedScene(ended(0), { ...whole, scene }).blockedScripts, 'on_open.py');
});

test('the last lines that Blender printed explain a crash and a Python error, and nothing else', () => {
  const output = ['1', '2', '3', '4', '5', '6'];
  const messageOf = (end: ProcessEnd, report: RenderReport): string => {
    try {
      renderedScene(end, report, output);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('no verdict');
  };
  assert.match(messageOf(ended(null, 'SIGSEGV'), whole), /is 7; the last it printed: 2 \| 3 \| 4 \| 5 \| 6$/);
  assert.match(messageOf(ended(0), nothing), /printed: 2 /);
  assert.match(messageOf(ended(10), nothing), /printed: 2 /);
  assert.match(messageOf(ended(10), refused('script-error')), /^why; the last it printed: 2 /);
  assert.equal(messageOf(ended(12), refused('no-camera')), 'why');
});
