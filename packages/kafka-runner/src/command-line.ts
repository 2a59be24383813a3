import { Command, CommanderError, Option } from 'commander';
import type { z } from 'zod';
import { ConfigError } from './errors.ts';
import { SettingsFile, type SettingsFileSpec } from './settings-file.ts';

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
  /** How many values it takes. Default: one, and the last positional one or more. */
  readonly takes?: 'one' | 'many' | 'any';
  /** Read when the command line names no positional at all; several values are separated by blanks or commas. */
  readonly env?: string;
}

export interface CommandLineSpec<Options extends Record<string, OptionSpec>> {
  readonly program: string;
  readonly description: string;
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
 * Parses arguments: flag, else environment, else settings file, else default.
 * @param args what follows the program's name
 * @param settings the file that may hold what has an environment variable; none: no file is looked for
 * @throws UsageExit after `--help` (0) or a wrong option (2)
 * @throws ConfigError that names all wrong values at once
 */
export function parseCommandLine<Options extends Record<string, OptionSpec>>(
  spec: CommandLineSpec<Options>,
  args: readonly string[],
  settings?: SettingsFileSpec,
): CommandLine<Options> {
  const command = toCommander(spec, settings);
  parse(command, args);
  const named = command.getOptionValue(configName) as string | undefined;
  const file = settings && SettingsFile.read(settings, named);
  const positionals = givenPositionals(command, spec, file);
  const values = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [name, givenValue(command, option, file)]),
  );
  return { positionals, options: checkValues(spec.options, values) };
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
  asUsage(() => command.parse(args, { from: 'user' }));
}

function asUsage(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageExit(error.exitCode === 0 ? 0 : 2, error);
    throw error;
  }
}

/** All of them stand on the command line, or none does. */
function givenPositionals(
  command: Command,
  { positionals }: { readonly positionals: readonly PositionalSpec[] },
  file: SettingsFile | undefined,
): readonly string[] {
  const given = command.args.length > 0 ? command.args.map((value) => [value]) : positionals.map(fromElsewhere(file));
  const missing = positionals.find(({ takes }, index) => takes !== 'any' && (given[index] ?? []).length === 0);
  if (missing) asUsage(() => command.error(`error: missing required argument '${missing.name}'`));
  return given.flat();
}

function fromElsewhere(file: SettingsFile | undefined): (positional: PositionalSpec) => readonly string[] {
  return ({ env }) => {
    const said = (env === undefined ? undefined : process.env[env]) ?? file?.text(env) ?? '';
    return said.split(/[\s,]+/).filter((value) => value !== '');
  };
}

/** A value, and where it comes from, for people. */
interface GivenValue {
  readonly value: unknown;
  readonly where: string;
}

/** What the environment says is taken as the text it is: commander would read any text as a flag that is given. */
function givenValue(command: Command, { flags, env }: OptionSpec, file: SettingsFile | undefined): GivenValue {
  const key = flagKey(flags);
  const source = command.getOptionValueSource(key);
  if (env !== undefined && source === 'env') return { value: process.env[env], where: flags };
  const inFile = source === undefined ? file?.value(env, flags) : undefined;
  if (file !== undefined && env !== undefined && inFile !== undefined) return { value: inFile, where: file.where(env) };
  return { value: command.getOptionValue(key), where: flags };
}

const configName = 'config';

function toCommander(spec: CommandLineSpec<Record<string, OptionSpec>>, settings?: SettingsFileSpec): Command {
  const command = new Command(spec.program).description(spec.description).exitOverride();
  command.configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 110, 110) });
  const last = spec.positionals.length - 1;
  for (const [index, positional] of spec.positionals.entries()) {
    command.argument(argumentOf(positional, index === last), positional.help);
  }
  for (const option of Object.values(spec.options)) command.addOption(toCommanderOption(option));
  if (settings) command.addOption(configOption(settings));
  return command
    .addHelpText('after', `\nExample:\n  ${spec.example}`)
    .showHelpAfterError(`(${spec.program} --help explains each option)`);
}

/** One that may come from elsewhere is optional here; that it is there is looked at later. */
function argumentOf({ name, env, takes }: PositionalSpec, isLast: boolean): string {
  const shown = (takes ?? (isLast ? 'many' : 'one')) === 'one' ? name : `${name}...`;
  return env === undefined && takes !== 'any' ? `<${shown}>` : `[${shown}]`;
}

function configOption({ name, variable }: SettingsFileSpec): Option {
  const help = `file of settings, instead of ${name} in this folder (env: ${variable})`;
  return new Option(`--${configName} <file>`, help);
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
  values: Record<string, GivenValue>,
): CommandLine<Options>['options'] {
  const faults: string[] = [];
  const checked = Object.entries(options).map(([name, { schema }]) => {
    const { value, where } = values[name] as GivenValue;
    const result = schema.safeParse(value);
    if (!result.success) faults.push(...result.error.issues.map((issue) => `${where}: ${issue.message}`));
    return [name, result.data];
  });
  if (faults.length > 0) throw new ConfigError(`wrong options:\n  ${faults.join('\n  ')}`);
  return Object.fromEntries(checked) as CommandLine<Options>['options'];
}
