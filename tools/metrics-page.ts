import { ResidentEvents } from '../packages/kafka-runner/src/command/resident/resident-events.ts';
import { JobEvents } from '../packages/kafka-runner/src/job-events.ts';
import { RunnerMetrics } from '../packages/kafka-runner/src/metrics/runner-metrics.ts';
import { RenderMetrics } from '../packages/kafka-render/src/render-metrics.ts';

const begin = '<!-- metrics: begin -->';
const end = '<!-- metrics: end -->';

export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Every metric of a worker of Kafka Render. */
export function allMetrics(): MetricDescription[] {
  const answer = { isGood: true, status: '', reason: '' };
  const { registry } = new RunnerMetrics({
    about: { runner: '', worker: '', topic: '', group: '' },
    jobs: new JobEvents(),
    residents: new ResidentEvents(),
    health: { alive: () => answer, ready: () => answer },
    counts: () => ({ restarts: 0, stalls: 0, droppedLogLines: 0 }),
  });
  const about = { version: '', blender: { kind: 'executable', version: '' } } as const;
  void new RenderMetrics(registry, about);
  return registry.getMetricsAsArray() as unknown as MetricDescription[];
}

/** The page with the tables between its marks. */
export function withMetrics(page: string): string {
  const [before = '', rest = ''] = page.split(begin);
  const [, after = ''] = rest.split(end);
  const metrics = allMetrics();
  const table = (title: string, isOf: (name: string) => boolean): string =>
    [`## ${title}`, '', ...tableOf(metrics.filter(({ name }) => isOf(name)))].join('\n');
  const tables = [
    table('Of any runner', (name) => name.startsWith('kafka_runner_')),
    table('Of Kafka Render', (name) => name.startsWith('kafka_render_')),
    table('Of the process', (name) => !name.startsWith('kafka_')),
  ];
  return `${before}${begin}\n\n${tables.join('\n\n')}\n\n${end}${after}`;
}

function tableOf(metrics: readonly MetricDescription[]): string[] {
  const head = ['| metric | type | labels | what it says |', '| --- | --- | --- | --- |'];
  return [...head, ...metrics.map(row)];
}

function row({ name, type, labelNames, help }: MetricDescription): string {
  const labels = labelNames.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${labels} | ${help.replaceAll('|', '\\|')} |`;
}
