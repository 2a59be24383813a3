import type { Assignment, AssignmentSettings } from './assignment.ts';
import { addedPartitions, partitionsFromEnd, partitionsFromStart } from './partitions-from-end.ts';
import type { TopicPartition } from './port.ts';

/** How often added partitions are looked for; a group is told. */
const lookMs = 10_000;

export interface WholeTopicSettings extends AssignmentSettings {
  readonly from: 'start' | 'end';
}

/** All partitions of a topic, without a group: from their starts or ends, and those that are added later from their starts. */
export class WholeTopic implements Assignment {
  readonly #settings: WholeTopicSettings;
  readonly #known: TopicPartition[] = [];
  #timer: NodeJS.Timeout | undefined;
  #hasLeft = false;

  constructor(settings: WholeTopicSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { client, topic, from, take } = this.#settings;
    const starts = await (from === 'start' ? partitionsFromStart(client, topic) : partitionsFromEnd(client, topic));
    this.#known.push(...starts);
    take(starts);
    this.#timer = setInterval(() => void this.#takeAdded(), lookMs);
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    clearInterval(this.#timer);
  }

  async #takeAdded(): Promise<void> {
    const { client, topic, take, logger } = this.#settings;
    try {
      const added = await addedPartitions(client, topic, this.#known);
      if (added.length === 0 || this.#hasLeft) return;
      this.#known.push(...added);
      take(added);
    } catch (error) {
      logger.debug({ err: error }, 'cannot look for added partitions; the next time will do');
    }
  }
}
