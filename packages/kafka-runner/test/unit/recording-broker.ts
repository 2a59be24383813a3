import type { Position, ProducedRecord } from '../../src/broker/port.ts';

/** The port's two writing sides, which note what they are asked to write, in order, and refuse what a test says. */
export class RecordingBroker {
  readonly written: (ProducedRecord | Position)[] = [];
  /** Called before each write; what it throws is the broker's answer. */
  answer: (about: ProducedRecord | Position) => void | Promise<void> = () => {};

  async send(record: ProducedRecord): Promise<void> {
    await this.answer(record);
    this.written.push(record);
  }

  async commit(position: Position): Promise<void> {
    await this.answer(position);
    this.written.push(position);
  }

  /** `out {"a":1}`, `jobs/0@5`: what was written, in order. */
  get story(): string[] {
    return this.written.map((written) => ('value' in written ? `${written.topic} ${code(written)}` : where(written)));
  }
}

function where({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`;
}

/** The code of an error record, or the whole of another value. */
function code({ value }: ProducedRecord): string {
  const text = String(value);
  return (JSON.parse(text) as { code?: string }).code ?? text;
}
