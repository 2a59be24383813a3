import { chooseCommand, ConfigError, FencedError, JobError } from 'kafka-runner';
import { retry } from './retry.ts';
import { verify } from './verify.ts';

const program = 'kafka-renderctl';

const commands = {
  retry: 'lists the jobs that ended without a result, and sends them again, each at most once',
  verify: 'compares jobs with results and error records: is any lost, or done twice?',
} as const;

const run: Readonly<Record<keyof typeof commands, (args: readonly string[]) => Promise<number>>> = { retry, verify };

/**
 * Resolves to the exit code: 0 or 1 as the command says, 2 for wrong values, 3 where the command could not do its work.
 * Throws UsageExit.
 */
export async function main(given: readonly string[]): Promise<number> {
  const description = 'Looks after the jobs of Kafka Render.';
  const { command, args } = chooseCommand({ program, description, commands }, given);
  try {
    return await run[command](args);
  } catch (error) {
    const isForPeople = error instanceof ConfigError || error instanceof JobError || error instanceof FencedError;
    if (!isForPeople) throw error;
    console.error(`${program} ${command}: ${error.message}`);
    return error instanceof ConfigError ? 2 : 3;
  }
}
