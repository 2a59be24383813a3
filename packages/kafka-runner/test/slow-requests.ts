import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Kafka's numbers of what a client asks the coordinator of its group, or of its transactions. */
export const coordinatorRequests = {
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  SyncGroup: 14,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const;

/** Bytes of a request: its length without these four, and first of all what is asked. */
const lengthBytes = 4;

/**
 * Passes Kafka's requests on, each as long after the one before it as is said of its api key. A connection keeps its
 * order, as with a broker, which answers one request of a connection after the other; and as there, what was received is
 * done even if the client does not wait for it: a commit that it has given up may happen later.
 */
export function passRequestsSlowly(client: Socket, upstream: Socket, delayMs: (apiKey: number) => number): void {
  let held: Buffer = Buffer.alloc(0);
  let passed = Promise.resolve();
  const pass = async (request: Buffer): Promise<void> => {
    const waitMs = delayMs(request.readInt16BE(lengthBytes));
    if (waitMs > 0) await sleep(waitMs);
    if (upstream.writable) upstream.write(request);
  };
  client.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (let end = endOfFirst(held); end <= held.length; end = endOfFirst(held)) {
      const request = held.subarray(0, end);
      passed = passed.then(() => pass(request));
      held = held.subarray(end);
    }
  });
  client.on('close', () => void passed.then(() => upstream.end()));
}

function endOfFirst(bytes: Buffer): number {
  return bytes.length < lengthBytes ? Infinity : lengthBytes + bytes.readInt32BE(0);
}
