import { Command, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { ConfigError } from './errors.ts';

/** One option: the schema gives its type, default and check; flags, help and environment variable are for people. */
export interface OptionSpec<Schema extends z.ZodType = z.ZodType> {
  /** As commander writes them: `-b, --blender <path>`. */
  readonly flags: string;
  readonly help: string;
  readonly schema: Schema;
  /** Read when the flag is not given. The schema gets its text, also where the flag takes no value. */
  readonly env?: string;
}

export interface PositionalSpec {
  readonly name: string;
  readonly help: string;
}

export interface CommandLineSpec<Options extends Record<string, OptionSpec>> {
  readonly program: string;
  readonly description: string;
  /** The last one takes one or more values. */
  readonly positionals: readonly PositionalSpec[];
  readonly options: Options;
  readonly example: string;
}

export interface CommandLine<Options extends Record<string, OptionSpec>> {
  readonly positionals: readonly string[];
  readonly options: { [Name in keyof Options]: z.output<Options[Name]['schema']> };
}

/** A program whose first argument names one of several commands, each with a command line of its own. */
export interface CommandsSpec<Name extends string> {
  readonly program: string;
  readonly description: string;
  /** What each command does, in a line. */
  readonly commands: Readonly<Record<Name, string>>;
}

/** Thrown for `--help` and for a wrong command line; what there was to say has been printed. */
export class UsageExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, cause: unknown) {
    super('usage', { cause });
    this.exitCode = exitCode;
  }
}

/**
 * Parses arguments: flag, else environment, else default.
 * @param args what follows the program's name
 * @throws UsageExit after `--help` (0) or a wrong option (2)
 * @throws ConfigError that names all wrong values at once
 */
export function parseCommandLine<Options extends Record<string, OptionSpec>>(
  spec: CommandLineSpec<Options>,
  args: readonly string[],
): CommandLine<Options> {
  const command = toCommander(spec);
  parse(command, args);
  const values = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [name, givenValue(command, option)]),
  );
  return { positionals: command.args, options: checkValues(spec.options, values) };
}

/**
 * Reads the name of the command; `parseCommandLine` reads what follows it.
 * @throws UsageExit after `--help` (0), or without the name of a command (2)
 */
export function chooseCommand<Name extends string>(
  { program, description, commands }: CommandsSpec<Name>,
  [given, ...args]: readonly string[],
): { readonly command: Name; readonly args: readonly string[] } {
  const choice = new Command(program).description(description).usage('<command> ...').exitOverride();
  choice.helpCommand(false).showHelpAfterError(`(${program} --help names the commands)`);
  choice.addHelpText('after', `\n${program} <command> --help explains a command.`);
  for (const [name, help] of Object.entries<string>(commands)) {
    choice
      .command(name)
      .description(help)
      .usage('...')
      .helpOption(false)
      .action(() => undefined);
  }
  parse(choice, given === undefined ? [] : [given]);
  return { command: given as Name, args };
}

function parse(command: Command, args: readonly string[]): void {
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageExit(error.exitCode === 0 ? 0 : 2, error);
    throw error;
  }
}

/** What the environment says is taken as the text it is: commander would read any text as a flag that is given. */
function givenValue(command: Command, { flags, env }: OptionSpec): unknown {
  const key = flagKey(flags);
  const fromEnvironment = env !== undefined && command.getOptionValueSource(key) === 'env';
  return fromEnvironment ? process.env[env] : command.getOptionValue(key);
}

function toCommander(spec: CommandLineSpec<Record<string, OptionSpec>>): Command {
  const command = new Command(spec.program).description(spec.description).exitOverride();
  command.configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 110, 110) });
  const last = spec.positionals.length - 1;
  for (const [index, { name, help }] of spec.positionals.entries()) {
    command.argument(index === last ? `<${name}...>` : `<${name}>`, help);
  }
  for (const option of Object.values(spec.options)) command.addOption(toCommanderOption(option));
  return command
    .addHelpText('after', `\nExample:\n  ${spec.example}`)
    .showHelpAfterError(`(${spec.program} --help explains each option)`);
}

function toCommanderOption({ flags, help, schema, env }: OptionSpec): Option {
  const option = positiveOption(flags, `${help}${describeDefault(schema)}`);
  return env === undefined ? option : option.env(env);
}

/** The default stands in the help, but is filled in by the schema, so that it stands in one place. */
function describeDefault(schema: z.ZodType): string {
  const { success, data } = schema.safeParse(undefined);
  return success && data !== undefined && data !== false ? ` (default: ${data as string | number})` : '';
}

function flagKey(flags: string): string {
  return positiveOption(flags).attributeName();
}

/** Commander takes `--no-progress-timeout` for the negation of `--progress-timeout`; no option here negates another. */
function positiveOption(flags: string, help?: string): Option {
  const option = new Option(flags, help);
  option.negate = false;
  return option;
}

function checkValues<Options extends Record<string, OptionSpec>>(
  options: Options,
  values: Record<string, unknown>,
): CommandLine<Options>['options'] {
  const faults: string[] = [];
  const checked = Object.entries(options).map(([name, { schema, flags }]) => {
    const result = schema.safeParse(values[name]);
    if (!result.success) faults.push(...result.error.issues.map((issue) => `${flags}: ${issue.message}`));
    return [name, result.data];
  });
  if (faults.length > 0) throw new ConfigError(`wrong options:\n  ${faults.join('\n  ')}`);
  return Object.fromEntries(checked) as CommandLine<Options>['options'];
}
