import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ConfigError } from '../../../src/errors.ts';
import { MetricsServer, type Page } from '../../../src/metrics/metrics-server.ts';
import { recordingLogger } from '../recording-logger.ts';

const page: Page = { status: 200, type: 'text/plain', body: 'yes' };

function open(pages: Record<string, () => Page | Promise<Page>>, port = 0, host = '127.0.0.1') {
  return MetricsServer.open({ host, port, pages, logger: recordingLogger().logger });
}

test('its pages, and nothing else', async () => {
  const broken = (): Page => {
    throw new Error('no');
  };
  await using server = await open({
    '/yes': () => page,
    '/no': async () => ({ ...page, status: 503 }),
    '/broken': broken,
  });
  const answer = async (path: string, method = 'GET'): Promise<[number, string]> => {
    const response = await fetch(server.url + path, { method });
    return [response.status, await response.text()];
  };
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(await answer('/yes'), [200, 'yes']);
  assert.deepEqual(await answer('/yes?module=a'), [200, 'yes']);
  assert.deepEqual(await answer('/yes', 'HEAD'), [200, '']);
  assert.deepEqual(await answer('/no'), [503, 'yes']);
  assert.deepEqual(await answer('/yes', 'POST'), [405, 'GET it\n']);
  assert.deepEqual(await answer('/'), [404, 'there are /yes, /no, /broken\n']);
  assert.deepEqual(await answer('/constructor'), [404, 'there are /yes, /no, /broken\n']);
  assert.deepEqual(await answer('/broken'), [500, 'the log says why\n']);
});

test('a port that is in use, and a host that is not here', async () => {
  await using server = await open({});
  const port = Number(new URL(server.url).port);
  await assert.rejects(open({}, port), (error: Error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}: the port is in use; give each worker`));
    return true;
  });
  // TEST-NET-1 (RFC 5737): nobody has it.
  await assert.rejects(open({}, 0, '192.0.2.1'), /EADDRNOTAVAIL.*another host or port/);
});

test('it ends though somebody holds a connection', { timeout: 5_000 }, async () => {
  const server = await open({});
  const client = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(client, 'connect');
  const closed = once(client, 'close');
  await server[Symbol.asyncDispose]();
  await closed;
});
