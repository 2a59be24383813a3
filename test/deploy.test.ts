// Expected: what is for containers and Kubernetes holds for the linters of those who know them, and says the same as the
// workers, the lab and the rest of the pages. Nothing of it is run here: there is no container engine.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { parse } from 'yaml';
import { pythonFolder, pythonPath } from '../lab/python.ts';
import { versions } from '../lab/versions.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const run = promisify(execFile);
const manifests = globSync('deploy/kubernetes/*', { cwd: root }).toSorted();
const keda = 'deploy/kubernetes/scaled-object.yaml';

test('hadolint finds nothing in the Dockerfile', async () => {
  const hadolint = path.join(pythonFolder('current'), 'bin/hadolint');
  await run(hadolint, ['--failure-threshold', 'style', path.join(root, 'deploy/Dockerfile')]);
});

test('what the Dockerfile copies is there', () => {
  assert.match(read('deploy/Dockerfile'), /^COPY \. \.$/m);
  const named = [...read('deploy/Dockerfile').matchAll(/(packages\/[\w./-]+)/g)].map(([, file = '']) => file);
  const sources = named
    .filter((file) => !file.includes('*'))
    .map((file) => file.replace('dist/', 'src/').replace(/\.js$/, '.ts'));
  assert.ok(sources.length > 3);
  assert.deepEqual(
    sources.filter((file) => !existsSync(path.join(root, file))),
    [],
  );
});

test('the manifests are Kubernetes’', async () => {
  const core = manifests.filter((file) => file !== keda);
  assert.ok(core.length > 4);
  await run(pythonPath(), ['-m', 'kubernetes_validate', '--strict', '-k', '1.37', ...core], { cwd: root });
});

test('the ScaledObject is KEDA’s', () => {
  new ScaledObject(parse(read(keda))).validate();
});

test('dclint finds nothing in the compose file', async () => {
  const dclint = path.join(root, 'node_modules/.bin/dclint');
  await run(dclint, ['--max-warnings', '0', 'deploy/compose.yaml'], { cwd: root });
});

interface Deployment {
  readonly spec: {
    readonly template: { readonly metadata: Labelled; readonly spec: PodSpec };
    readonly selector: Selector;
  };
}
interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
}
interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly { readonly args: readonly string[]; readonly ports: readonly object[] }[];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit: string } }[];
}

const manifest = (name: string): unknown => parse(read(`deploy/kubernetes/${name}.yaml`));
const deployment = manifest('deployment') as Deployment;
const pod = deployment.spec.template.spec;
const config = (manifest('config-map') as { data: Readonly<Record<string, string>> }).data;

test('variables are those of options, or are named by the arguments', () => {
  const page = read('docs/configuration.md');
  const inArguments = pod.containers.flatMap(({ args }) => args).join(' ');
  const files = ['deploy/Dockerfile', 'deploy/compose.yaml', ...manifests];
  const named = files.flatMap((file) => read(file).match(/KAFKA_RENDER_\w+/g) ?? []);
  assert.ok(named.length > 10);
  const isKnown = (name: string): boolean => page.includes(`\`${name}\``) || inArguments.includes(`$(${name})`);
  assert.deepEqual(
    named.filter((name) => !isKnown(name)),
    [],
  );
});

test('a worker has time to hand its jobs back', () => {
  assert.ok(pod.terminationGracePeriodSeconds >= Number(config['KAFKA_RENDER_SHUTDOWN_TIMEOUT']) + 10);
  const [, byDefault] = /`--shutdown-timeout <seconds>` \| `\w+` \| `(\d+)`/.exec(read('docs/configuration.md')) ?? [];
  const [, inCompose] = /stop_grace_period: (\d+)s/.exec(read('deploy/compose.yaml')) ?? [];
  assert.ok(Number(inCompose) >= Number(byDefault) + 10);
});

test('the volume holds the scenes, and frames beside them', () => {
  const { emptyDir } = pod.volumes.find(({ name }) => name === 'work') ?? {};
  const [, gibibytes] = /^(\d+)Gi$/.exec(emptyDir?.sizeLimit ?? '') ?? [];
  assert.ok(Number(gibibytes) * 2 ** 30 > Number(config['KAFKA_RENDER_MAX_SCENES_BYTES']) + 2 ** 30);
});

test('probes ask the port that the worker opens', () => {
  const [, opened] = /--metrics-port=(\d+)/.exec(pod.containers[0]?.args.join(' ') ?? '') ?? [];
  assert.deepEqual(pod.containers[0]?.ports, [{ name: 'metrics', containerPort: Number(opened) }]);
  const asked = read('deploy/kubernetes/deployment.yaml').match(/httpGet: .*/g) ?? [];
  assert.equal(asked.length, 3);
  assert.ok(asked.every((line) => line.endsWith(', port: metrics }')));
});

test('selectors select the workers, and KEDA looks at their group', () => {
  const { labels } = deployment.spec.template.metadata;
  const budget = manifest('pod-disruption-budget') as { spec: { selector: Selector } };
  const policy = manifest('network-policy') as { spec: { podSelector: Selector } };
  for (const { matchLabels } of [deployment.spec.selector, budget.spec.selector, policy.spec.podSelector]) {
    assert.deepEqual(matchLabels, labels);
  }
  const { spec } = parse(read(keda)) as { spec: { triggers: [{ metadata: Readonly<Record<string, string>> }] } };
  const { bootstrapServers, consumerGroup, topic } = spec.triggers[0].metadata;
  const ofWorkers = ['BOOTSTRAP', 'GROUP_ID', 'IN_TOPIC'].map((name) => config[`KAFKA_RENDER_${name}`]);
  assert.deepEqual([bootstrapServers, consumerGroup, topic], ofWorkers);
});

test('the images are of the versions that all else is tested with', () => {
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Readonly<Record<string, string>> };
  const node = [...read('deploy/Dockerfile').matchAll(/^FROM node:([\d.]+)-bookworm-slim/gm)].map(
    ([, version]) => version,
  );
  assert.deepEqual(node, [devDependencies['node'], devDependencies['node']]);
  const compose = read('deploy/compose.yaml');
  assert.ok(compose.includes(`image: apache/kafka:${versions.kafka}\n`));
  // v0.0.0-20250907161309-... is the release of that second.
  const [, date, hour, minute, second] = /-(\d{8})(\d\d)(\d\d)(\d\d)-/.exec(versions.minio) ?? [];
  const day = date?.replace(/(....)(..)(..)/, '$1-$2-$3');
  assert.ok(compose.includes(`image: minio/minio:RELEASE.${day}T${hour}-${minute}-${second}Z\n`));
});
