import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaRecord } from '../kafka-python.ts';
import { RenderFarm } from '../render-farm.ts';

// Without a group a worker reads only what arrives after its start and commits nothing, so the next one does not see it
// either. With a new group it reads from the earliest.

test('only what arrives after the start, and nothing is committed', { timeout: 90_000 }, async (t) => {
  const farm = await RenderFarm.open(t, { inTopic: { partitions: 2 } });
  const scenePath = await farm.putScene('counter');
  const send = async (...jobIds: number[]): Promise<void> => {
    for (const jobId of jobIds) {
      // One of them is rendered; that the others are refused takes no time.
      const value = JSON.stringify(farm.job({ jobId, scenePath: jobId === 3 ? scenePath : 'no-path' }));
      await farm.kafka.send(farm.topics.jobs, [value], { partition: jobId % 2 });
    }
  };
  const ended = async (count: number): Promise<number[]> => {
    const { results, errors } = await farm.ended(count);
    const jobs = [...results.map((record) => bodyOf(record).renderJob), ...errors.map(bodyOf)];
    return jobs.map(({ jobId }) => jobId);
  };

  await send(1, 2);
  const first = farm.startWorker({ group: null });
  await first.isListening();
  await send(3, 4);
  assert.deepEqual(await ended(2), [3, 4]);
  assert.deepEqual(await first.stop(), { code: 0, signal: null });

  await send(5);
  const second = farm.startWorker({ group: null });
  await second.isListening();
  await send(6);
  assert.deepEqual(await ended(3), [3, 4, 6]);
  await second.stop();
  assert.deepEqual(await farm.kafka.groups(farm.topics.jobs), []);

  farm.startWorker();
  assert.deepEqual(
    (await ended(9)).toSorted((a, b) => a - b),
    [1, 2, 3, 3, 4, 4, 5, 6, 6],
  );
  assert.deepEqual(await farm.kafka.groups(farm.topics.jobs), [farm.group]);
});

interface Body {
  readonly jobId: number;
  readonly renderJob: { readonly jobId: number };
}

function bodyOf({ value }: KafkaRecord): Body {
  return JSON.parse(value ?? '') as Body;
}
