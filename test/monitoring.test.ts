// Expected: the dashboard and the alerts are PromQL that Prometheus' own grammar reads, and name no metric and no label that a worker does
// not have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { allMetrics } from '../tools/metrics-page.ts';

const docs = path.join(import.meta.dirname, '../docs');

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly Panel[];
}

interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

/** Every name of a series that a worker has, and the labels of each. */
function seriesOfWorkers(): Map<string, ReadonlySet<string>> {
  const series = allMetrics().flatMap(({ name, type, labelNames }) => {
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name];
    const labels = [...labelNames, 'job', 'instance', ...(type === 'histogram' ? ['le'] : [])];
    return names.map((one) => [one, new Set(labels)] as const);
  });
  // Prometheus' own.
  return new Map([...series, ['up', new Set(['job', 'instance'])]]);
}

/** As Grafana fills it in. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)/g, 'x');
}

function nodesOf(tree: Tree): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  tree.iterate({ enter: ({ node }) => void nodes.push(node) });
  return nodes;
}

/** What is wrong with an expression. */
function faultsOf(expr: string, series = seriesOfWorkers()): string[] {
  const nodes = nodesOf(parser.parse(expr));
  const text = ({ from, to }: SyntaxNode): string => expr.slice(from, to);
  const named = (type: string): SyntaxNode[] => nodes.filter(({ type: { name } }) => name === type);
  const metrics = named('VectorSelector').map((node) => text(node.getChild('Identifier') ?? node));
  const known = new Set(metrics.flatMap((metric) => [...(series.get(metric) ?? [])]));
  const labels = named('LabelName').map(text);
  return [
    ...nodes.filter(({ type }) => type.isError).map(({ from }) => `no PromQL at ${from}`),
    ...(metrics.length === 0 ? ['no metric'] : []),
    ...metrics.filter((metric) => !series.has(metric)).map((metric) => `no metric ${metric}`),
    ...labels.filter((label) => !known.has(label)).map((label) => `no label ${label}`),
  ];
}

function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(path.join(docs, 'grafana/kafka-render.json'), 'utf8')) as Dashboard;
}

test('the check finds what is wrong', () => {
  assert.deepEqual(faultsOf('sum by (code) (rate(kafka_runner_jobs_total{outcome="failed"}[5m]))'), []);
  assert.match(faultsOf('sum(rate(kafka_runner_jobs_total[5m])').join(), /no PromQL/);
  assert.match(faultsOf('kafka_runner_job_total').join(), /no metric kafka_runner_job_total/);
  assert.match(faultsOf('kafka_runner_job_seconds').join(), /no metric/, 'a histogram has no series of its name');
  assert.match(faultsOf('kafka_runner_jobs_total{reason="x"}').join(), /no label reason/);
  assert.match(faultsOf('sum by (reason) (kafka_runner_jobs_total)').join(), /no label reason/);
  assert.match(faultsOf('1 + 1').join(), /no metric/);
});

test('the dashboard', () => {
  const { uid, panels, templating } = readDashboard();
  assert.equal(uid, 'kafka-render');
  const drawn = panels.filter(({ type }) => type !== 'row');
  assert.ok(drawn.length > 15);
  for (const { title, targets = [], gridPos } of drawn) {
    assert.ok(targets.length > 0, title);
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (const { expr, datasource } of targets) {
      assert.deepEqual(faultsOf(filledIn(expr)), [], `${title}: ${expr}`);
      assert.equal(datasource.uid, '${datasource}', title);
    }
  }
  const asked = templating.list.flatMap(({ definition = '' }) => /label_values\(([^,{]+)/.exec(definition)?.[1] ?? []);
  assert.deepEqual(asked, ['kafka_runner_info', 'kafka_runner_info']);
});

test('each metric of a runner and of rendering is on the dashboard, but what names it', () => {
  const exprs = readDashboard()
    .panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .join('\n');
  const missing = allMetrics().filter(({ name }) => name.startsWith('kafka_') && !exprs.includes(name));
  assert.deepEqual(
    missing.map(({ name }) => name),
    ['kafka_runner_info', 'kafka_render_info'],
  );
});

test('the alerts', () => {
  const { groups } = parse(readFileSync(path.join(docs, 'prometheus/alerts.yaml'), 'utf8')) as Alerts;
  const rules = groups.flatMap((group) => group.rules);
  assert.ok(rules.length > 5);
  for (const { alert, expr } of rules) assert.deepEqual(faultsOf(expr), [], alert);
});
