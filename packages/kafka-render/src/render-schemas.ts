import path from 'node:path';
import { SchemaSet, type Logger, type Schema } from 'kafka-runner';

/** The schemas of the wire contract, as far as they could be read. */
export interface RenderSchemas {
  readonly job: Schema | undefined;
  readonly output: Schema | undefined;
}

const jobFile = 'render_job.schema.json';
const outputFile = 'render_output.schema.json';

/** Reads the schemas from a folder. What is missing or unreadable is warned about, and those messages go unvalidated. */
export async function loadRenderSchemas(folder: string, logger: Pick<Logger, 'warn'>): Promise<RenderSchemas> {
  const set = new SchemaSet();
  // Both are there before either is compiled: one refers to the other.
  const [jobIsRead, outputIsRead] = [
    await unlessFaulty(folder, jobFile, logger, (file) => set.add(file).then(() => true)),
    await unlessFaulty(folder, outputFile, logger, (file) => set.add(file).then(() => true)),
  ];
  return {
    job: jobIsRead ? await unlessFaulty(folder, jobFile, logger, () => set.find(jobFile)) : undefined,
    output: outputIsRead ? await unlessFaulty(folder, outputFile, logger, () => set.find(outputFile)) : undefined,
  };
}

async function unlessFaulty<T>(
  folder: string,
  name: string,
  logger: Pick<Logger, 'warn'>,
  use: (file: string) => T | Promise<T>,
): Promise<T | undefined> {
  const file = path.resolve(folder, name);
  try {
    return await use(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    logger.warn({ code: 'schema-unreadable' }, `messages are not validated against ${file}: ${why}`);
    return undefined;
  }
}
