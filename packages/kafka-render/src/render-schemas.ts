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
  await warnOnFault(logger, path.resolve(folder, jobFile), (file) => set.add(file));
  await warnOnFault(logger, path.resolve(folder, outputFile), (file) => set.add(file));
  return {
    job: await warnOnFault(logger, path.resolve(folder, jobFile), () => set.find(jobFile)),
    output: await warnOnFault(logger, path.resolve(folder, outputFile), () => set.find(outputFile)),
  };
}

async function warnOnFault<T>(
  logger: Pick<Logger, 'warn'>,
  file: string,
  use: (file: string) => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await use(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    logger.warn({ code: 'schema-unreadable' }, `messages are not validated against ${file}: ${why}`);
    return undefined;
  }
}
