import type { MessageHeader } from '@confluentinc/kafka-javascript';

/** Headers as the client takes them. */
export function kafkaHeaders(headers: Readonly<Record<string, string>> = {}): MessageHeader[] {
  return Object.entries(headers).map(([name, text]) => ({ [name]: text }));
}
