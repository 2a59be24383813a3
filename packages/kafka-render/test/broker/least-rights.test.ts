// Expected: with the rights that docs/operations.md names, over TLS with authorities of its own and a login, a whole worker does
// a job; with one of them less it says which one is missing. No secret stands in its command lines, in what its commands see,
// or in anything it says; a password file that others can read is warned of.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { secret } from '../../../../lab/secrets.ts';
import { startSecureKafka, type SecureKafka } from '../../../kafka-runner/test/kafka/secure-kafka.ts';
import { grant, grantAsThePageSays, leastRights, type LeastRights, type Statement } from '../least-rights.ts';
import { RenderFarm } from '../render-farm.ts';
import type { RenderWorker } from '../render-worker.ts';

type Less = (rights: LeastRights) => LeastRights;

const asThePageSays: Less = (all) => all;

/** A farm whose worker has the rights of the page, or some less, and a good job and one without a scene. */
async function farmWith(t: TestContext, secure: SecureKafka, less: Less = asThePageSays) {
  const farm = await RenderFarm.open(t, { lab: secure.lab });
  const { jobs, results, errors } = farm.topics;
  const [progress, control] = [`${farm.group}.progress`, `${farm.group}.control`];
  await Promise.all([progress, control].map((name) => secure.lab.kafka.createTopic(name)));
  const steering = { 'render.progress': progress, 'render.control': control };
  const names = { 'render.job': jobs, 'render.out': results, 'render.errors': errors, render: farm.group, ...steering };
  const bucket = farm.bucket;
  const [BROKER = ''] = secure.kafka.bootstrapServers;
  const places = { scenes: `${bucket}/scenes`, frames: `${bucket}/out` };
  const { acls, policy } = less(leastRights({ ...names, 'render-': `${farm.group}-`, BROKER, ...places }));
  await (less === asThePageSays ? grantAsThePageSays(acls) : grant(acls));
  const user = { accessKey: bucket, secretKey: secret(`secret-of-${bucket}`) };
  // The page has a bucket each, this test a folder each: to list one is to list all.
  const inOneBucket = policy.Statement.map((statement) => ({
    ...statement,
    Resource: statement.Resource.map(listable),
  }));
  await farm.storage.addUserWith(user.accessKey, user.secretKey, { ...policy, Statement: inOneBucket });
  const folder = await farm.anotherFolder({ ...farm.lab.minio, ...user });
  const password = path.join(path.dirname(folder.credentialsFile), 'password');
  await writeFile(password, secure.password, { mode: 0o600 });
  const login = ['--sasl-mechanism', 'SCRAM-SHA-512', '--sasl-username', secure.username];
  const connection = ['--tls-ca', secure.certificates.caFile, ...login, '--sasl-password-file', password];
  const topics = [
    jobs,
    results,
    secure.secureServer,
    '-e',
    errors,
    '--progress-topic',
    progress,
    '--control-topic',
    control,
  ];
  const start = (): RenderWorker => farm.startWorkerWith([...topics, '-g', farm.group, ...connection], folder);
  await farm.putScene('counter');
  return { farm, start, password, progress, control };
}

function listable(resource: string): string {
  return resource.endsWith('/*') ? resource : resource.replace(/\/.*/, '');
}

function withoutAcl(...words: readonly string[]): Less {
  return ({ acls, policy }) => {
    const rest = acls.filter((args) => !words.every((word) => args.some((arg) => arg.endsWith(word))));
    assert.equal(rest.length, acls.length - 1, `the page grants ${words.join(' ')}`);
    return { acls: rest, policy };
  };
}

function withoutAction(action: string, folder: string): Less {
  const isIt = ({ Action, Resource }: Statement): boolean =>
    Action.includes(action) && Resource.some((place) => place.endsWith(`/${folder}/*`));
  return ({ acls, policy }) => {
    assert.ok(policy.Statement.some(isIt), `the page grants ${action}`);
    return { acls, policy: { ...policy, Statement: policy.Statement.filter((statement) => !isIt(statement)) } };
  };
}

test('the least rights', { timeout: 400_000, concurrency: 4 }, async (t) => {
  const secure = await startSecureKafka(t, { minio: true, acls: true });

  await t.test('are enough, and no secret is shown', async (t) => {
    const { farm, start, password, progress, control } = await farmWith(t, secure);
    await chmod(password, 0o644);
    const worker = start();
    await farm.send(farm.job({ scenePath: `${farm.bucket}/scenes/counter.blend` }));
    const { results } = await farm.ended(1);
    assert.equal(results.length, 1);
    assert.deepEqual(await farm.framesAt('out/1'), { '0007.png': 7 });
    // A scene that is not there is told from one that may not be read, and what is delivered is found again.
    await farm.send(farm.job({ scenePath: `${farm.bucket}/scenes/gone.blend`, jobId: 2 }));
    const { errors } = await farm.ended(2);
    assert.deepEqual(
      errors.map(({ value }) => (JSON.parse(value ?? '') as { code: string }).code),
      ['scene-not-found'],
    );
    // Orders are heard, and events are taken.
    const order = { order: 'pause', worker: `${hostname()}-${worker.pid}`, time: new Date().toISOString() };
    await farm.kafka.send(control, [JSON.stringify(order)]);
    await worker.said(({ message }) => message === 'ordered to pause');
    assert.ok(
      (await farm.kafka.read([progress], 3, 10))[progress]?.some(({ key }) => key === `${farm.topics.jobs}-0-0`),
    );
    const warning = await worker.said(({ code }) => code === 'secret-file-open');
    assert.ok(warning.message.includes(`${password} `) && warning.message.includes('mode 0644'), warning.message);
    const shown = await argumentsAndChildrensEnvironments(worker.pid);
    assert.match(shown, /resident\.py/);
    for (const hidden of [secure.password, `secret-of-${farm.bucket}`]) assert.ok(!shown.includes(hidden));
    assert.deepEqual(
      shown.split('\n').filter((line) => line.includes('KAFKA_RENDER_')),
      [],
    );
  });

  const topic = /[Tt]opic authorization failed/;
  const inKafka = [
    { name: 'Read on the input topic', less: withoutAcl('Read', '.jobs'), line: topic },
    { name: 'Write on the output topic', less: withoutAcl('Write', '.results'), line: topic },
    { name: 'Write on the error topic', less: withoutAcl('Write', '.errors'), line: topic, scene: 'gone' },
    { name: 'Read on the group', less: withoutAcl('Read', '--group'), line: /[Gg]roup authorization failed/ },
    {
      name: 'Write on the transactional id',
      less: withoutAcl('Write', '--transactional-id'),
      line: /does not let this worker use the transactional id farm-\w+-.*Write and Describe/,
    },
  ].map(async ({ name, less, line, scene = 'counter' }) => {
    await t.test(`${name} less: it is said, and the job is kept`, async (t) => {
      const { farm, start } = await farmWith(t, secure, less);
      await farm.send(farm.job({ scenePath: `${farm.bucket}/scenes/${scene}.blend` }));
      const worker = start();
      await worker.said(({ message }) => line.test(message), 100_000);
      assert.deepEqual(await farm.ended(0), { results: [], errors: [] });
    });
  });
  const inStorage = (['s3:GetObject on scenes', 's3:PutObject on out'] as const).map(async (name) => {
    await t.test(`${name} less: the job fails and names the place`, async (t) => {
      const [action = '', folder = ''] = name.split(' on ');
      const { farm, start } = await farmWith(t, secure, withoutAction(action, folder));
      await farm.send(farm.job({ scenePath: `${farm.bucket}/scenes/counter.blend` }));
      start();
      const { errors } = await farm.ended(1);
      const record = JSON.parse(errors[0]?.value ?? '{}') as Record<string, string>;
      assert.equal(record['code'], 'access-denied');
      assert.ok(record['message']?.includes(`${farm.bucket}/${folder}/`), record['message']);
    });
  });
  const beside = [
    { name: 'Write on the progress topic', less: withoutAcl('Write', '.progress'), line: topic },
    { name: 'Read on the control topic', less: withoutAcl('Read', '.control'), line: /may not be read/ },
  ].map(async ({ name, less, line }) => {
    await t.test(`${name} less: it is said, and the job is done`, async (t) => {
      const { farm, start } = await farmWith(t, secure, less);
      await farm.send(farm.job({ scenePath: `${farm.bucket}/scenes/counter.blend` }));
      const worker = start();
      await worker.said(({ message }) => line.test(message), 100_000);
      assert.equal((await farm.ended(1)).results.length, 1);
    });
  });
  await Promise.all([...inKafka, ...inStorage, ...beside]);
});

/** The command lines of a process and all below it, and the environments of those below. */
async function argumentsAndChildrensEnvironments(pid: number): Promise<string> {
  const read = async (id: number, name: string): Promise<string> =>
    (await readFile(`/proc/${id}/${name}`, 'utf8').catch(() => '')).replaceAll('\0', '\n');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(
    await Promise.all(
      ids.map(async (id) => [id, Number(/^PPid:\s+(\d+)/m.exec(await read(id, 'status'))?.[1])] as const),
    ),
  );
  const isBelow = (id: number): boolean => id > 1 && (id === pid || isBelow(parents.get(id) ?? 0));
  const family = ids.filter(isBelow);
  const texts = family.map(async (id) => (await read(id, 'cmdline')) + (id === pid ? '' : await read(id, 'environ')));
  return (await Promise.all(texts)).join('\n');
}
