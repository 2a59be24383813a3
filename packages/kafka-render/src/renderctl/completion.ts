import { ConfigError, parseCommandLine, type CommandLineSpec, type OptionSpec } from 'kafka-runner';
import { bashCompletion } from './completion/bash.ts';
import { completedCommand } from './completion/completed-command.ts';
import { fishCompletion } from './completion/fish.ts';
import { zshCompletion } from './completion/zsh.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export const completionSpec = {
  program: 'kafka-renderctl completion',
  description: 'Prints a script that lets a shell complete commands and options: bash, zsh or fish.',
  positionals: [{ name: 'shell', help: Object.keys(shells).join(', '), takes: 'one' }],
  options: {},
  example: 'source <(kafka-renderctl completion bash)',
} as const;

/** A command as the table of all commands holds it. */
export interface NamedCommand {
  readonly help: string;
  readonly spec: CommandLineSpec<Record<string, OptionSpec>>;
}

/** Resolves to 0. */
export async function completion(
  args: readonly string[],
  commands: Readonly<Record<string, NamedCommand>>,
): Promise<number> {
  const { positionals } = parseCommandLine(completionSpec, args);
  const [shell = ''] = positionals;
  if (!Object.hasOwn(shells, shell)) throw new ConfigError(`${shell} is none of ${Object.keys(shells).join(', ')}`);
  const completed = Object.entries(commands).map(([name, { help, spec }]) =>
    completedCommand(name, help, spec, name === 'completion' ? Object.keys(shells) : []),
  );
  process.stdout.write(shells[shell as keyof typeof shells]('kafka-renderctl', completed));
  return 0;
}
