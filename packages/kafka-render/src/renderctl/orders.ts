import path from 'node:path';
import { ConfluentProducer, describeFaults, SchemaSet, stringifyJson } from 'kafka-runner';
import type { Cluster } from './cluster.ts';
import { placeName, type NamedJob } from './named-job.ts';

const schemaName = 'control_order.schema.json';
const schemaFile = path.join(import.meta.dirname, '../../schemas', schemaName);

/** What workers are told to do, but for the time. */
export type Order =
  | ({ readonly order: 'cancel'; readonly reason?: string | undefined } & Readonly<Record<string, unknown>>)
  | { readonly order: 'pause' | 'resume' | 'drain'; readonly worker: string };

/** The order that ends a job, by what a person called it, and its key. */
export function cancelOrder(named: NamedJob, reason: string | undefined): { key: string; order: Order } {
  const why = reason === undefined ? {} : { reason };
  if ('place' in named) return { key: placeName(named.place), order: { order: 'cancel', ...named.place, ...why } };
  const { jobId } = named;
  return { key: `job/${jobId}`, order: { order: 'cancel', jobId: BigInt(jobId), ...why } };
}

/** Sends orders to all workers. */
export async function sendOrders(
  cluster: Cluster,
  controlTopic: string,
  orders: readonly { readonly key: string; readonly order: Order }[],
): Promise<void> {
  const schemas = new SchemaSet();
  await schemas.add(schemaFile);
  const schema = schemas.find(schemaName);
  await using producer = new ConfluentProducer(cluster);
  await producer.connect();
  for (const { key, order } of orders) {
    const value = { ...order, time: new Date().toISOString() };
    const faults = schema.faults(value);
    if (faults.length > 0) throw new Error(`not a control order: ${describeFaults(faults)}`);
    await producer.send({ topic: controlTopic, key, value: stringifyJson(value) });
  }
}
