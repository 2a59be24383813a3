import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const lowestPort = 12_000;

/**
 * A TCP port of the loopback address that nobody listens on. It lies below the range from which the kernel takes ports
 * for outgoing connections: otherwise one of those could sit on the port while the service is stopped for a test, even
 * a client's own attempt to connect to it.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(lowestPort, lowestOutgoingPort());
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${lowestPort} and ${lowestOutgoingPort()} on 127.0.0.1`);
}

function lowestOutgoingPort(): number {
  const lowest = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  return lowest > lowestPort ? lowest : 32_768;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
