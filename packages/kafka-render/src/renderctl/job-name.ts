/** Where a job stands in its input topic; unlike its `jobId`, this is unique. */
export interface JobPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** `topic/partition@offset` */
export function jobName({ topic, partition, offset }: JobPlace): string {
  return `${topic}/${partition}@${offset}`;
}

export const jobNamePattern = /^[\w.-]{1,249}\/\d{1,10}@\d{1,15}$/;
