import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { secret } from '../../../../../lab/secrets.ts';
import { ConfigError } from '../../../src/errors.ts';
import { readMinioCredentials } from '../../../src/storage/credentials.ts';
import { createS3Client } from '../../../src/storage/s3-client.ts';

const SECRET = secret('do-not-show-this');
const GOOD = { url: 'http://127.0.0.1:9000', accessKey: 'worker', secretKey: SECRET };

async function fileWith(t: TestContext, content: string, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'minio_credentials.json');
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

async function refusalOf(file: string): Promise<string> {
  const error: unknown = await readMinioCredentials(file).catch((refusal: unknown) => refusal);
  assert.ok(error instanceof ConfigError);
  assert.ok(error.message.includes(file), 'names the file');
  assert.match(error.message, /"accessKey": "\.\.\."/, 'shows what a right file looks like');
  assert.ok(!inspect(error, { depth: Infinity, showHidden: true }).includes(SECRET), 'keeps the secret');
  return error.message;
}

test('reads a file, ignoring properties it does not know', async (t) => {
  const file = await fileWith(t, JSON.stringify({ ...GOOD, api: 's3v4', path: 'auto' }));
  assert.deepEqual(await readMinioCredentials(file), GOOD);
});

test('a region, for servers that ask for theirs', async (t) => {
  const regional = { ...GOOD, region: 'eu-central-1' };
  assert.deepEqual(await readMinioCredentials(await fileWith(t, JSON.stringify(regional))), regional);
  const empty = await fileWith(t, JSON.stringify({ ...GOOD, region: '' }));
  assert.match(await refusalOf(empty), /region is empty/);
  for (const [credentials, region] of [
    [GOOD, 'us-east-1'],
    [regional, 'eu-central-1'],
  ] as const) {
    const client = createS3Client(credentials, {});
    t.after(() => client.destroy());
    assert.equal(await client.config.region(), region);
  }
});

test('takes a byte order mark and a slash after the port as editors and people write them', async (t) => {
  const file = await fileWith(t, `\uFEFF${JSON.stringify({ ...GOOD, url: 'https://storage.example:9000/' })}`);
  assert.equal((await readMinioCredentials(file)).url, 'https://storage.example:9000');
});

test('says where it looked for a missing file and which option names another', async () => {
  const message = await refusalOf('/nowhere/minio_credentials.json');
  assert.match(message, /There is no credentials file .*--credentials/);
});

test('a folder in place of the file', async () => {
  assert.match(await refusalOf(tmpdir()), /cannot be read: EISDIR/);
});

test('what is not JSON', async (t) => {
  assert.match(await refusalOf(await fileWith(t, `{"secretKey": "${SECRET}", oops}`)), /it is not JSON/);
  assert.match(await refusalOf(await fileWith(t, '')), /it is not JSON/);
  assert.match(await refusalOf(await fileWith(t, '[]')), /it is not a JSON object/);
});

test('names every fault at once', async (t) => {
  const file = await fileWith(t, JSON.stringify({ url: '127.0.0.1:9000', secretKey: '' }));
  const message = await refusalOf(file);
  assert.match(message, /url is not of the form http:\/\/host:port/);
  assert.match(message, /accessKey is missing or not a string/);
  assert.match(message, /secretKey is empty/);
});

for (const url of [
  'ftp://host:1',
  'http://',
  'http://user:pw@host:9000',
  'http://host:9000/bucket',
  'http://host:9000?x',
  '',
]) {
  test(`refuses the url ${JSON.stringify(url)}`, async (t) => {
    assert.match(await refusalOf(await fileWith(t, JSON.stringify({ ...GOOD, url }))), /url (is not|must)/);
  });
}

test('warns when others can read or change the file, and only then', async (t) => {
  for (const mode of ['0640', '0604', '0644', '0620']) {
    const file = await fileWith(t, JSON.stringify(GOOD), Number.parseInt(mode, 8));
    const warnings: string[] = [];
    await readMinioCredentials(file, (message) => warnings.push(message));
    assert.equal(warnings.length, 1);
    assert.ok(warnings[0]?.includes(`(mode ${mode}): run chmod 600 ${file}`), warnings[0]);
  }
  const file = await fileWith(t, JSON.stringify(GOOD));
  await readMinioCredentials(file, (message) => assert.fail(message));
});

test('authorities that are not there, or are none', async (t) => {
  const file = await fileWith(t, JSON.stringify({ ...GOOD, caFile: 'ca.pem' }));
  const message = async (): Promise<string> => await readMinioCredentials(file).then(String, String);
  assert.match(await message(), /caFile \/.*\/ca\.pem is of no use: ENOENT/);
  await writeFile(join(file, '../ca.pem'), 'no certificate');
  assert.match(await message(), /is of no use: it holds no certificate/);
});
