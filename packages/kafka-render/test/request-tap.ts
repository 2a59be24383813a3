import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between worker and storage, passes everything on and remembers what was asked for. */
export interface RequestTap {
  /** Use it in place of the server's address. */
  readonly url: string;
  /** `GET /bucket/key` and so on, in order; not decoded, without what stands behind a question mark. */
  readonly requests: readonly string[];
  /** The most that were under way at a time among those of a method. */
  mostAtOnce(method: string): number;
}

/**
 * Ends with the test. The `Host` header stays as the client signed it.
 * @param holdMs how long a request waits before it is passed on
 */
export async function tapRequests(
  t: TestContext,
  serverUrl: string,
  holdMs: (request: string) => number = () => 0,
): Promise<RequestTap> {
  const { hostname, port } = new URL(serverUrl);
  const requests: string[] = [];
  const underWay = new Map<string, number>();
  const most = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const request = `${incoming.method} ${incoming.url?.split('?')[0]}`;
    requests.push(request);
    count(incoming.method ?? '', outgoing);
    void sleep(holdMs(request)).then(() => passOn(incoming, outgoing));
  });
  const count = (method: string, outgoing: ServerResponse): void => {
    const now = (underWay.get(method) ?? 0) + 1;
    underWay.set(method, now);
    most.set(method, Math.max(now, most.get(method) ?? 0));
    outgoing.on('close', () => underWay.set(method, (underWay.get(method) ?? 0) - 1));
  };
  const passOn = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, url: path, headers } = incoming;
    const passedOn = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    mostAtOnce: (method) => most.get(method) ?? 0,
  };
}
