// Expected: where Kafka refuses something, kafka-renderctl says in one line what, sends nothing, and exits with a code of
// its own.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startLab } from '../../../../../lab/lab.ts';
import { runPython } from '../../../../../lab/python.ts';
import { CtlUnderTest, runCtl, type CtlEnd, type SentJob } from './ctl-under-test.ts';

/** Everything is allowed but what an ACL denies: https://kafka.apache.org/42/security/authorization-and-acls/ */
const properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': true,
};

const denials: readonly {
  readonly name: string;
  readonly deny: (ctl: CtlUnderTest) => readonly string[];
  readonly run: (ctl: CtlUnderTest) => Promise<CtlEnd>;
  readonly says: RegExp;
  readonly code: number;
}[] = [
  {
    name: 'verify may not read the output topic',
    deny: ({ topics }) => ['TOPIC', topics.results, 'READ'],
    run: (ctl) => ctl.verify(),
    says: /^kafka-renderctl verify: .*[Tt]opic authorization failed/m,
    code: 3,
  },
  {
    name: 'verify may not describe the error topic',
    deny: ({ topics }) => ['TOPIC', topics.errors, 'DESCRIBE'],
    run: (ctl) => ctl.verify(),
    says: /topic ctl-\w+\.errors does not exist, or you may not describe it/,
    code: 2,
  },
  {
    name: 'verify may not describe the group',
    deny: () => ['GROUP', 'secret', 'DESCRIBE'],
    run: (ctl) => ctl.verify('-g', 'secret'),
    says: /positions of group secret \(may you describe it\? is one of its transactions open\?\): /,
    code: 3,
  },
  {
    name: 'retry may not use its transactional id',
    deny: ({ topics }) => ['TRANSACTIONAL_ID', `kafka-renderctl.retry.${topics.errors}`, 'WRITE'],
    run: (ctl) => ctl.retry('--send'),
    says: /begin as kafka-renderctl\.retry\.ctl-\w+\.errors: .*authorization failed/,
    code: 3,
  },
  {
    name: 'retry may not write to the input topic',
    deny: ({ topics }) => ['TOPIC', topics.jobs, 'WRITE'],
    run: (ctl) => ctl.retry('--send'),
    says: /^kafka-renderctl retry: .*[Tt]opic authorization failed/m,
    code: 3,
  },
];

test('rights', { timeout: 180_000 }, async (t) => {
  const lab = await startLab({ minio: false, kafka: { properties } });
  t.after(() => lab[Symbol.asyncDispose]());
  const { kafka } = lab;
  const [bootstrap = ''] = kafka.bootstrapServers;
  for (const { name, deny, run, says, code } of denials) {
    await t.test(name, async (t) => {
      const ctl = await CtlUnderTest.open(t, {}, kafka);
      const [failed, done] = await ctl.sendJobs([{ value: Buffer.from('1') }, { value: Buffer.from('2') }]);
      await ctl.fail([failed as SentJob]);
      await ctl.producer.send([ctl.result(done as SentJob)]);
      await runPython(path.join(import.meta.dirname, '../../python/deny.py'), [bootstrap, ...deny(ctl)]);
      const end = await run(ctl);
      assert.deepEqual([end.code, end.stdout], [code, ''], end.stderr);
      assert.match(end.stderr, says);
      assert.doesNotMatch(end.stderr, /^ +at /m, 'a stack is for our own faults');
    });
  }
  await t.test('doctor names the right that is missing, and on which topic', async (t) => {
    const ctl = await CtlUnderTest.open(t, {}, kafka);
    const { jobs, results, errors } = ctl.topics;
    await runPython(path.join(import.meta.dirname, '../../python/deny.py'), [bootstrap, 'TOPIC', results, 'WRITE']);
    const topics = ['--bootstrap', bootstrap, '--in-topic', jobs, '--out-topic', results, '-e', errors];
    const { code, stdout, stderr } = await runCtl(['doctor', ...topics, '--credentials', '/none', '--json']);
    assert.equal(code, 1, stderr);
    const { findings } = JSON.parse(stdout) as { findings: readonly { check: string; state: string; found: string }[] };
    const said = findings.filter(({ check }) => check.endsWith(' topic')).map(({ check, state }) => [check, state]);
    assert.deepEqual(said.slice(0, 3), [
      ['input topic', 'ok'],
      ['output topic', 'wrong'],
      ['error topic', 'ok'],
    ]);
    assert.match(findings.find(({ check }) => check === 'output topic')?.found ?? '', /: not allowed to WRITE$/);
  });
});
