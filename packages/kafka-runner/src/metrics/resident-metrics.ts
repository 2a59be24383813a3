import { Counter, type Registry } from 'prom-client';
import { replaceReasons, type ResidentEvents } from '../command/resident/resident-events.ts';

/** Counts how resident programs come and go. */
export function countResidents(registry: Registry, events: ResidentEvents): void {
  const starts = new Counter({
    name: 'kafka_runner_resident_starts_total',
    help: 'Resident programs that were started, by result: ready, or failed.',
    labelNames: ['result'],
    registers: [registry],
  });
  const replaced = new Counter({
    name: 'kafka_runner_resident_replaced_total',
    help: `Resident programs that another one took the place of, by reason: ${replaceReasons.join(', ')}.`,
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const result of ['ready', 'failed']) starts.inc({ result }, 0);
  for (const reason of replaceReasons) replaced.inc({ reason }, 0);
  events.on('started', (result) => starts.inc({ result }));
  events.on('replaced', (reason) => replaced.inc({ reason }));
}
