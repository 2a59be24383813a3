// Expected: while the object store refuses connections, is slow, answers 503 or that it is full, cuts a transfer in its middle,
// or accepts no credentials, jobs are kept, without a record. When it serves again they are done by themselves, each once, with
// exactly its frames, and no unfinished upload is left.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../../../../lab/lab.ts';
import { faultScenario } from '../../../kafka-runner/test/fault/suite/fault-scenario.ts';
import { atScale } from '../../../kafka-runner/test/fault/suite/scale.ts';
import { faultyNetwork, type NetworkFault } from '../../../kafka-runner/test/faulty-network.ts';
import { farmTopics, stoppable } from '../farm-oracle.ts';
import { RenderFarm } from '../render-farm.ts';

const title = 'storage away, slow, answering 503, cutting transfers, refusing credentials, full';
const rounds = atScale({ small: 1, full: 5 });
const faultMs = atScale({ small: 2_500, full: 30_000 });
const numFrames = 3;

/** Waits between attempts: 30 s at most, half as much again by chance. */
const recoveryWithinMs = 50_000;

/** An answer as an S3 server writes it. */
function answer(status: string, code: string): NetworkFault {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  const head = ['content-type: application/xml', 'connection: close', `content-length: ${body.length}`].join('\r\n');
  return { kind: 'answer', text: `HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}` };
}

faultScenario(
  { scenario: 7, title, file: import.meta.filename, timeoutMs: 240_000 + rounds * 7 * (faultMs + 45_000) },
  async (run) => {
    await using lab = await startLab();
    const network = await faultyNetwork(run.t, lab.minio.url);
    const farm = await RenderFarm.open(run.t, { lab, storageUrl: network.url });
    const scenePath = await farm.putScene('counter');
    const worker = farm.startWorker();
    await worker.isListening();
    let jobId = 0;
    const send = async (): Promise<void> => {
      jobId += 1;
      await farm.send(farm.job({ scenePath, jobId, startFrame: 1, numFrames }));
    };
    for (let round = 0; round < rounds; round += 1) {
      const faults: NetworkFault[] = [
        { kind: 'refuse' },
        { kind: 'slow', afterBytes: 0, bytesPerSecond: 1_000 },
        answer('503 Service Unavailable', 'SlowDown'),
        { kind: 'cut-request', afterBytes: 200 + run.below(2_000) },
        { kind: 'cut', afterBytes: run.below(400) },
        answer('403 Forbidden', 'InvalidAccessKeyId'),
        answer('507 Insufficient Storage', 'XMinioStorageFull'),
      ];
      for (const fault of faults) {
        await send();
        await send();
        await sleep(run.between(0, 1_500));
        network.become(fault);
        await sleep(faultMs);
        network.become({ kind: 'healthy' });
        run.fault();
        // Or the waits between attempts would fall into one fault after the other.
        await farm.untilCommitted(jobId, recoveryWithinMs + 30_000);
      }
    }
    const seen = await run.conclude(farmTopics(farm), { workers: [stoppable(worker)], recoveryWithinMs, seconds: 120 });
    assert.deepEqual([...new Set(seen.terminals.map(({ kind }) => kind))], ['result']);
    const frames = { '0001.png': 1, '0002.png': 2, '0003.png': 3 };
    for (let id = 1; id <= jobId; id += 1) assert.deepEqual(await farm.framesAt(`out/${id}`), frames, `job ${id}`);
    assert.deepEqual(await unfinishedUploads(lab.folder), []);
  },
);

/** Where MinIO keeps the parts of uploads until they are whole: its listing tells only of those whose key one knows. */
async function unfinishedUploads(labFolder: string): Promise<string[]> {
  return await readdir(path.join(labFolder, 'minio/.minio.sys/multipart'));
}
