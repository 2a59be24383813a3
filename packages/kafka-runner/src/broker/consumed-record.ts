import type { Message } from '@confluentinc/kafka-javascript';
import type { ConsumedRecord } from './port.ts';
import { toRawRecord } from './raw-record.ts';

/** A record whose headers are texts, the last one of a name winning. */
export function toConsumedRecord(message: Message): ConsumedRecord {
  const { headers, ...record } = toRawRecord(message);
  return {
    ...record,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value).toString('utf8')])),
    timestampMs: message.timestamp,
  };
}
