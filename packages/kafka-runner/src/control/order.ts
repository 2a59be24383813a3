import { z } from 'zod';
import { parseJson } from '../json.ts';

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const reason = z.string().max(1_000).optional();
const cardinal = z.int().min(0);
const jobId = z.union([z.int(), z.bigint(), z.string()]).transform(String);

const cancelPlaceSchema = z.object({
  order: z.literal('cancel'),
  topic: z.string().min(1),
  partition: cardinal,
  offset: cardinal,
  jobId: z.undefined().optional(),
  time,
  reason,
});

const cancelIdSchema = z.object({
  order: z.literal('cancel'),
  jobId,
  offset: z.undefined().optional(),
  time,
  reason,
});

const workerOrderSchema = z.object({
  order: z.enum(['pause', 'resume', 'drain']),
  worker: z.string().min(1),
  time,
  reason,
});

const orderSchema = z.union([cancelPlaceSchema, cancelIdSchema, workerOrderSchema]);

/** To end a job: that one, or all of an id that were sent until then. `time` is in milliseconds since 1970. */
export type CancelOrder = CancelPlace | z.output<typeof cancelIdSchema>;

export type CancelPlace = z.output<typeof cancelPlaceSchema>;

/** To a worker by its name. */
export type WorkerOrder = z.output<typeof workerOrderSchema>;

export type Order = CancelOrder | WorkerOrder;

/** An order as it stands on the control topic (`control_order.schema.json`). Throws an Error that says what is wrong. */
export function parseOrder(value: Buffer): Order {
  const parsed = orderSchema.safeParse(parseJson(value.toString('utf8')));
  if (!parsed.success)
    throw new Error(`it is no order: ${z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, '; ')}`);
  return parsed.data;
}
