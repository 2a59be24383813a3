import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { Certificates } from '../../../../lab/certificates.ts';

export interface TokenServer {
  readonly url: string;
  /** What clients asked with, and were answered by a token. */
  readonly granted: readonly string[];
}

/** The token endpoint of an identity provider that knows one client (RFC 6749, 4.4), with TLS; ends with the test. */
export async function startTokenServer(
  t: TestContext,
  { serverCertificateFile, serverKeyFile }: Certificates,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<TokenServer> {
  const granted: string[] = [];
  const [cert, key] = await Promise.all([readFile(serverCertificateFile), readFile(serverKeyFile)]);
  const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await text(request);
    const isKnown = request.headers.authorization === right;
    if (isKnown) granted.push(asked);
    const answer = isKnown ? { access_token: tokenFor(username), token_type: 'Bearer' } : { error: 'invalid_client' };
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer({ cert, key }, (request, response) => void answerTo(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`, granted };
}

/** Without a signature (RFC 7515, appendix A.5). */
function tokenFor(subject: string): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const parts = [{ alg: 'none' }, { sub: subject, iat: seconds, exp: seconds + 3_600 }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}
