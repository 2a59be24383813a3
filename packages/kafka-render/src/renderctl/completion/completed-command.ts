import type { CommandLineSpec, OptionSpec } from 'kafka-runner';
import { z } from 'zod';

/** What a shell needs to know of a command. */
export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  /** Whether its positionals are files. */
  readonly takesFiles: boolean;
  /** The words that a positional can be, where they are known. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  /** `-e`, and `--error_topic_name`. */
  readonly names: readonly string[];
  readonly help: string;
  /** How its value is called; undefined for one that takes none. */
  readonly value: string | undefined;
  /** What its value can be; empty where that is not known. */
  readonly choices: readonly string[];
  readonly isFile: boolean;
}

type Spec = CommandLineSpec<Record<string, OptionSpec>>;

const always: readonly CompletedOption[] = [
  { names: ['--config'], help: 'file of settings', value: 'file', choices: [], isFile: true },
  { names: ['-h', '--help'], help: 'explains the command', value: undefined, choices: [], isFile: false },
];

export function completedCommand(
  name: string,
  help: string,
  spec: Spec,
  words: readonly string[] = [],
): CompletedCommand {
  const takesFiles = spec.positionals.some((positional) => positional.name === 'scene');
  return { name, help, takesFiles, words, options: [...Object.values(spec.options).map(completedOption), ...always] };
}

function completedOption({ flags, help, schema }: OptionSpec): CompletedOption {
  const names = flags.match(/--?[\w-]+/g) ?? [];
  const value = /<([^>]+)>/.exec(flags)?.[1];
  const isFile = value !== undefined && /^(file|folder|path)s?$/.test(value);
  return { names, help, value, choices: choicesOf(schema), isFile };
}

function choicesOf(schema: z.ZodType): string[] {
  const { enum: choices = [] } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return choices.map(String);
}
