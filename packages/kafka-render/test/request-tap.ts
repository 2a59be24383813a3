import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** Stands between worker and storage, passes everything on and remembers what was asked for. */
export interface RequestTap {
  /** Use it in place of the server's address. */
  readonly url: string;
  /** `GET /bucket/key` and so on, in order; not decoded, without what stands behind a question mark. */
  readonly requests: readonly string[];
}

/** Ends with the test. The `Host` header stays as the client signed it. */
export async function tapRequests(t: TestContext, serverUrl: string): Promise<RequestTap> {
  const { hostname, port } = new URL(serverUrl);
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url?.split('?')[0]}`);
    const { method, url: path, headers } = incoming;
    const passedOn = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
