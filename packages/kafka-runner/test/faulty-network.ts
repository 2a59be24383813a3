import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { passRequestsSlowly } from './slow-requests.ts';

/**
 * What happens to the bytes from server to client once `afterBytes` of a connection have passed: the connection is
 * reset (`cut`) or ended (`end`), or nothing more comes (`stall`: a black hole), or all of it slowly (`slow`).
 */
interface BytesFault {
  readonly kind: 'cut' | 'stall' | 'end' | 'slow';
  readonly afterBytes: number;
  /** Only the first so many connections suffer. Default: all. */
  readonly connections?: number;
  /** For `slow`, both directions; default: what a chunk of 64 kB every 20 ms makes. */
  readonly bytesPerSecond?: number;
}

/** The client's bytes: the connection is reset when so many of them have been passed on, in mid-request. */
interface CutRequest {
  readonly kind: 'cut-request';
  readonly afterBytes: number;
}

/** Kafka's requests: each reaches the server so much later, by its api key, asked anew for each of them. */
interface SlowRequests {
  readonly kind: 'slow-requests';
  readonly delayMs: (apiKey: number) => number;
}

/** Every answer comes so much later. */
interface Latency {
  readonly kind: 'latency';
  readonly latencyMs: number;
}

/** Whoever connects is reset at once. */
interface Refuse {
  readonly kind: 'refuse';
}

/** Whatever the client asks, this text is the answer, and the connection ends; the server hears nothing of it. */
interface Answer {
  readonly kind: 'answer';
  readonly text: string;
}

/** Nothing goes wrong. */
interface Healthy {
  readonly kind: 'healthy';
}

export type NetworkFault = BytesFault | CutRequest | SlowRequests | Latency | Refuse | Answer | Healthy;

export interface FaultyNetwork extends AsyncDisposable {
  /** Use it in place of the server's address. */
  readonly url: string;
  readonly port: number;
  readonly connections: number;
  readonly openConnections: number;
  /** From now on this happens; what is connected is reset, so that nothing old goes on as before. */
  become(fault: NetworkFault): void;
}

/**
 * A network between client and server that fails as told: it passes bytes on and, but for `slow-requests`, knows nothing
 * of what they mean.
 * @param port where it listens; by default anywhere. A Kafka has to advertise it before it runs.
 */
export async function faultyNetwork(
  t: TestContext,
  serverUrl: string,
  fault: NetworkFault = { kind: 'healthy' },
  port = 0,
): Promise<FaultyNetwork> {
  const network = new Network(serverUrl, fault);
  await network.listen(port);
  t.after(() => network[Symbol.asyncDispose]());
  return network;
}

class Network implements FaultyNetwork {
  connections = 0;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((client) => this.#join(client));
  #fault: NetworkFault;

  constructor(serverUrl: string, fault: NetworkFault) {
    this.#target = new URL(serverUrl);
    this.#fault = fault;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.#sockets.size / 2;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  become(fault: NetworkFault): void {
    this.#fault = fault;
    for (const socket of this.#sockets) reset(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    this.connections += 1;
    const fault = this.#fault;
    this.#keep(client);
    if (fault.kind === 'refuse') return reset(client);
    if (fault.kind === 'answer') return void client.once('data', () => client.end(fault.text));
    const upstream = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(upstream);
    upstream.on('close', () => client.end());
    if (fault.kind !== 'slow-requests') client.on('close', () => upstream.destroy());
    passRequests(client, upstream, fault);
    const isSound = 'connections' in fault && this.connections > (fault.connections ?? Infinity);
    passAnswers(upstream, client, isSound ? { kind: 'healthy' } : fault);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
  }
}

/** While its end is being sent a connection cannot be reset (EINVAL): Node would keep it, and never exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function passRequests(client: Socket, upstream: Socket, fault: NetworkFault): void {
  if (fault.kind === 'slow' && fault.bytesPerSecond !== undefined) {
    return void passSlowly(client, upstream, fault.bytesPerSecond);
  }
  if (fault.kind === 'slow-requests') return passRequestsSlowly(client, upstream, fault.delayMs);
  if (fault.kind !== 'cut-request') return void client.pipe(upstream);
  let passed = 0;
  client.on('data', (chunk: Buffer) => {
    upstream.write(chunk.subarray(0, Math.max(0, fault.afterBytes - passed)));
    passed += chunk.length;
    if (passed >= fault.afterBytes) reset(client);
  });
}

function passAnswers(upstream: Socket, client: Socket, fault: NetworkFault): void {
  let passed = 0;
  if (fault.kind === 'slow' && fault.bytesPerSecond !== undefined) {
    return void passSlowly(upstream, client, fault.bytesPerSecond);
  }
  upstream.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (fault.kind === 'latency') return void setTimeout(() => client.write(chunk), fault.latencyMs);
    if (!('afterBytes' in fault) || fault.kind === 'cut-request' || passed < fault.afterBytes) {
      client.write(chunk);
      return;
    }
    upstream.pause();
    if (fault.kind === 'slow') client.write(chunk, () => setTimeout(() => upstream.resume(), 20));
    if (fault.kind === 'cut') reset(client);
    if (fault.kind === 'end') client.end();
  });
}

const slicesPerSecond = 20;

async function passSlowly(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  const sliceBytes = Math.max(1, Math.ceil(bytesPerSecond / slicesPerSecond));
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let start = 0; start < chunk.length; start += sliceBytes) {
        to.write(chunk.subarray(start, start + sliceBytes));
        await sleep(1_000 / slicesPerSecond);
      }
    }
    to.end();
  } catch {
    // One of the two has gone: that is told to the other by the end of its own connection.
    to.destroy();
  }
}
