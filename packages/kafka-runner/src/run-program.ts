import { UsageExit } from './command-line.ts';
import { ConfigError, JobError } from './errors.ts';

/**
 * The frame of a program: runs it and turns its end into an exit code: 0 or the one that `main` resolves to, 2 for a
 * wrong command line, 1 for anything else, with one clear message for what a person can mend and a stack for what is our own fault.
 */
export async function runProgram(name: string, main: () => Promise<number | void>): Promise<never> {
  try {
    process.exit((await main()) ?? 0);
  } catch (error) {
    if (error instanceof UsageExit) process.exit(error.exitCode);
    const forPeople = error instanceof ConfigError || error instanceof JobError;
    console.error(forPeople ? `${name}: ${error.message}` : error);
    process.exit(1);
  }
}
