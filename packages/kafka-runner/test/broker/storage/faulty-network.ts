import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * What happens to the bytes from server to client once `afterBytes` of a connection have passed: the connection is
 * reset or ended, or nothing more comes, or all of it slowly.
 */
export interface NetworkFault {
  readonly kind: 'cut' | 'stall' | 'end' | 'slow';
  readonly afterBytes: number;
  /** Only the first so many connections suffer. Default: all. */
  readonly connections?: number;
}

export interface FaultyNetwork {
  /** Use it in place of the server's address. */
  readonly url: string;
  readonly connections: number;
  readonly openConnections: number;
}

/** A network between client and server that fails as told: it passes bytes on and knows nothing of what they mean. */
export async function faultyNetwork(t: TestContext, serverUrl: string, fault: NetworkFault): Promise<FaultyNetwork> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const isFaulty = connections <= (fault.connections ?? Infinity);
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.on('close', () => client.end());
    client.on('close', () => upstream.destroy());
    let passed = 0;
    upstream.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (!isFaulty || passed < fault.afterBytes) {
        client.write(chunk);
        return;
      }
      upstream.pause();
      if (fault.kind === 'slow') client.write(chunk, () => setTimeout(() => upstream.resume(), 20));
      if (fault.kind === 'cut') client.resetAndDestroy();
      if (fault.kind === 'end') client.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size / 2;
    },
  };
}
