import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

/** A file that holds what flags and environment do not say, for one program or several that share it. */
export interface SettingsFileSpec {
  /** Read where it lies in the working directory and no other is named. */
  readonly name: string;
  /** The environment variable that names another one, as `--config` does. */
  readonly variable: string;
  /** With what all the variables begin: with `APP_`, APP_MAX_FRAMES is `maxFrames` in the file. */
  readonly prefix: string;
  /** The variables of all programs that share it: no other setting may stand in it. */
  readonly variables: readonly string[];
}

const settingSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const valuesSchema = z.record(z.string(), settingSchema);
type Setting = z.output<typeof settingSchema>;

/** How a setting is called in the file, by the name of its environment variable. */
export function settingName(variable: string, prefix: string): string {
  const words = variable.slice(prefix.length).toLowerCase().split('_');
  return words.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
}

/** A settings file that was read; without one it holds nothing. */
export class SettingsFile {
  readonly #spec: SettingsFileSpec;
  readonly path: string | undefined;
  readonly #values: z.output<typeof valuesSchema>;

  private constructor(spec: SettingsFileSpec, file: string | undefined) {
    this.#spec = spec;
    this.path = file;
    this.#values = file === undefined ? {} : readValues(file);
    const known = new Set(spec.variables.map((variable) => settingName(variable, spec.prefix)));
    const unknown = Object.keys(this.#values).filter((name) => !known.has(name));
    if (unknown.length > 0) throw new ConfigError(`${file}: there is no setting ${unknown.join(', ')}`);
  }

  /** Throws ConfigError when the file cannot be read, is no JSON object, or holds settings that nobody knows, and names them. */
  static read(spec: SettingsFileSpec, named: string | undefined): SettingsFile {
    const wanted = named ?? process.env[spec.variable];
    return new SettingsFile(spec, wanted ?? (existsSync(spec.name) ? spec.name : undefined));
  }

  /**
   * What it says for a variable, if anything.
   * @param flags of the option: a relative path is meant as seen from the file
   */
  value(variable: string | undefined, flags = ''): Setting | undefined {
    if (variable === undefined) return undefined;
    const value = this.#values[settingName(variable, this.#spec.prefix)];
    const isPath = /<(file|folder)>/.test(flags) || (flags.includes('<path>') && String(value).includes('/'));
    return isPath && typeof value === 'string' && this.path !== undefined
      ? path.resolve(path.dirname(this.path), value)
      : value;
  }

  /** The same as text, the parts of a list separated by commas. */
  text(variable: string | undefined): string | undefined {
    const value = this.value(variable);
    return value === undefined ? undefined : String(value);
  }

  /** How a fault of that setting is named. */
  where(variable: string): string {
    return `${settingName(variable, this.#spec.prefix)} in ${this.path}`;
  }
}

function readValues(file: string): z.output<typeof valuesSchema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const { success, data, error } = valuesSchema.safeParse(json);
  if (success) return data;
  const faults = error.issues.map(({ path: [name = 'it'] }) => String(name)).join(', ');
  throw new ConfigError(
    `${file} must be a JSON object of texts, numbers, true, false and lists of texts; what is not: ${faults}`,
  );
}
