import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type Download, type DownloadSteps, SharedDownloads } from '../../../src/scene-cache/shared-downloads.ts';

const DOWNLOAD: Download = { file: '/x', etag: '"1"', size: 1 };

/** A download that the test ends by hand. */
function handDownload() {
  const { promise, resolve, reject } = Promise.withResolvers<Download>();
  const seen = { brought: 0, removed: 0, aborted: false };
  const steps = (): DownloadSteps => ({
    bring: (signal) => {
      seen.brought += 1;
      signal.addEventListener('abort', () => {
        seen.aborted = true;
        reject(signal.reason);
      });
      return promise;
    },
    remove: async () => void (seen.removed += 1),
  });
  return { steps, seen, resolve, reject };
}

const never = new AbortController().signal;
const fileOf = async ({ file }: Download): Promise<string> => file;

test('those who come while it is under way share it, and it is removed after the last', async () => {
  const downloads = new SharedDownloads();
  const { steps, seen, resolve } = handDownload();
  const uses = [1, 2, 3].map(() => downloads.with('a', never, steps, fileOf));
  const other = handDownload();
  const elsewhere = downloads.with('b', never, other.steps, fileOf);
  resolve(DOWNLOAD);
  other.resolve({ ...DOWNLOAD, file: '/y' });
  assert.deepEqual(await Promise.all([...uses, elsewhere]), ['/x', '/x', '/x', '/y']);
  await downloads.settled();
  assert.deepEqual([seen.brought, seen.removed], [1, 1]);
  const again = handDownload();
  again.resolve(DOWNLOAD);
  await downloads.with('a', never, again.steps, fileOf);
  assert.equal(again.seen.brought, 1);
});

test('it stays until the slowest has used it', async () => {
  const downloads = new SharedDownloads();
  const { steps, seen, resolve } = handDownload();
  const slow = Promise.withResolvers<string>();
  const uses = [downloads.with('a', never, steps, () => slow.promise), downloads.with('a', never, steps, fileOf)];
  resolve(DOWNLOAD);
  await uses[1];
  await turn();
  assert.equal(seen.removed, 0);
  slow.resolve('done');
  await uses[0];
  await downloads.settled();
  assert.equal(seen.removed, 1);
});

test('one who is cancelled leaves at once and the others go on', async () => {
  const downloads = new SharedDownloads();
  const { steps, seen, resolve } = handDownload();
  const cancelled = new AbortController();
  const reason = new Error('cancelled');
  const first = downloads.with('a', cancelled.signal, steps, fileOf);
  const second = downloads.with('a', never, steps, fileOf);
  cancelled.abort(reason);
  await assert.rejects(first, (error) => error === reason);
  assert.equal(seen.aborted, false);
  resolve(DOWNLOAD);
  assert.equal(await second, '/x');
});

test('it ends when the last is cancelled, and who comes then starts anew', async () => {
  const downloads = new SharedDownloads();
  const { steps, seen } = handDownload();
  const controllers = [new AbortController(), new AbortController()];
  const uses = controllers.map(({ signal }) => downloads.with('a', signal, steps, fileOf));
  const outcomes = Promise.allSettled(uses);
  for (const [index, controller] of controllers.entries()) controller.abort(index);
  assert.deepEqual(
    (await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason),
    [0, 1],
  );
  assert.equal(seen.aborted, true);
  const again = handDownload();
  again.resolve(DOWNLOAD);
  assert.equal(await downloads.with('a', never, again.steps, fileOf), '/x');
  await downloads.settled();
  assert.equal(seen.removed, 1);
});

test('a failure reaches all, and who comes after it starts anew', async () => {
  const downloads = new SharedDownloads();
  const { steps, seen, reject } = handDownload();
  const fault = new Error('away');
  const uses = [1, 2].map(() => downloads.with('a', never, steps, fileOf));
  const outcomes = Promise.allSettled(uses);
  reject(fault);
  for (const outcome of await outcomes) assert.equal(outcome.status === 'rejected' && outcome.reason, fault);
  await downloads.settled();
  assert.equal(seen.removed, 1);
  const again = handDownload();
  again.resolve(DOWNLOAD);
  assert.equal(await downloads.with('a', never, again.steps, fileOf), '/x');
});
