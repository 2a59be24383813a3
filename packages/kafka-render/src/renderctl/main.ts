import { chooseCommand, ConfigError, FencedError, JobError } from 'kafka-runner';
import { commands } from './commands.ts';

const program = 'kafka-renderctl';

/**
 * Resolves to the exit code: 0 or 1 as the command says, 2 for wrong values, 3 where the command could not do its work.
 * Throws UsageExit.
 */
export async function main(given: readonly string[]): Promise<number> {
  const description = 'The command line of Kafka Render: sends jobs, follows them, and looks after them.';
  const helps = Object.fromEntries(Object.entries(commands).map(([name, { help }]) => [name, help]));
  const { command, args } = chooseCommand({ program, description, commands: helps }, given);
  try {
    return (await commands[command]?.run(args)) ?? 0;
  } catch (error) {
    const isForPeople = error instanceof ConfigError || error instanceof JobError || error instanceof FencedError;
    if (!isForPeople) throw error;
    console.error(`${program} ${command}: ${error.message}`);
    return error instanceof ConfigError ? 2 : 3;
  }
}
