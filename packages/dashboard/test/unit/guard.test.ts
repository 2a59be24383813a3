// Expected: only this machine's own names are answered to; only a page of this server, with the token, changes anything; the
// page may load nothing but this server's files, and be shown nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify, { type InjectOptions } from 'fastify';
import { addGuard } from '../../src/server/guard.ts';
import { Token } from '../../src/token.ts';

const token = new Token('0123456789abcdef');

async function answerTo(options: InjectOptions): Promise<{ status: number; headers: Record<string, unknown> }> {
  const server = Fastify();
  await addGuard(server, token);
  server.get('/', () => 'read');
  server.post('/', () => 'changed');
  const { statusCode: status, headers } = await server.inject({ path: '/', ...options });
  return { status, headers };
}

const host = '127.0.0.1:8321';
const authorization = 'Bearer 0123456789abcdef';

async function statusOf(method: 'GET' | 'POST', headers: Record<string, string>): Promise<number> {
  return (await answerTo({ method, headers: { host, ...headers } })).status;
}

test('names of this machine', async () => {
  for (const name of ['127.0.0.1', 'localhost', '[::1]', 'localhost:9']) {
    assert.equal(await statusOf('GET', { host: name }), 200, name);
  }
  // A site whose name leads here, after it was loaded from elsewhere.
  for (const name of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8321', '10.0.0.1']) {
    assert.equal(await statusOf('GET', { host: name }), 421, name);
    assert.equal(await statusOf('POST', { host: name, authorization }), 421, name);
  }
});

test('the token', async () => {
  assert.equal(await statusOf('POST', { authorization }), 200);
  assert.equal(await statusOf('POST', {}), 401);
  for (const wrong of ['Bearer', 'Bearer 0123456789abcdeg', 'bearer 0123456789abcdef', '0123456789abcdef']) {
    assert.equal(await statusOf('POST', { authorization: wrong }), 401, wrong);
  }
});

test('pages of others', async () => {
  assert.equal(
    await statusOf('POST', { authorization, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
    200,
  );
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9999', `https://${host}`]) {
    assert.equal(await statusOf('POST', { authorization, origin }), 403, origin);
  }
  assert.equal(await statusOf('POST', { authorization, 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await statusOf('POST', { authorization, 'sec-fetch-site': 'same-site' }), 403);
});

test('what the page may do', async () => {
  const { headers } = await answerTo({ method: 'GET', headers: { host } });
  const policy = String(headers['content-security-policy']);
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'"]) {
    assert.ok(policy.split(';').includes(part), policy);
  }
  assert.ok(!policy.includes('unsafe'));
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal(headers['access-control-allow-origin'], undefined);
});
