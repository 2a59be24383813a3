import { readFile } from 'node:fs/promises';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { withoutBigints } from '../json.ts';

/** One fault that a schema finds: where in the value (a JSON pointer, empty for the whole) and what was expected there. */
export interface SchemaFault {
  readonly path: string;
  readonly expected: string;
}

/** JSON Schemas (2020-12) read from files, compiled once; they may refer to one another by `$id`. */
export class SchemaSet {
  /** `strictNumbers`: 1e999 is JSON, but nothing that could be printed again. Formats tell people more than they check. */
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false, strictNumbers: true, validateFormats: false });

  /** Reads a schema and keeps it under its `$id`. Throws what the file system, JSON or ajv has to say against it. */
  async add(file: string): Promise<void> {
    this.#ajv.addSchema(JSON.parse(await readFile(file, 'utf8')) as object);
  }

  /** A schema that was added, compiled. Throws when it, or one that it refers to, is missing or wrong. */
  find(id: string): Schema {
    const validate = this.#ajv.getSchema(id);
    if (validate === undefined) throw new Error(`no schema with $id ${id}`);
    return new Schema(validate);
  }
}

/** One compiled schema. */
export class Schema {
  readonly #validate: ValidateFunction;

  constructor(validate: ValidateFunction) {
    this.#validate = validate;
  }

  /** All faults of a value; none when it is valid. Never changes the value. */
  faults(value: unknown): SchemaFault[] {
    // ajv knows numbers only; whether a bigint is an integer in range survives the loss of digits.
    if (this.#validate(withoutBigints(value))) return [];
    return (this.#validate.errors ?? []).map(toFault);
  }
}

/** `/startFrame must be >= 0; /numFrames must be integer` */
export function describeFaults(faults: readonly SchemaFault[]): string {
  return faults.map(({ path, expected }) => `${path === '' ? 'the value' : path} ${expected}`).join('; ');
}

function toFault(error: ErrorObject): SchemaFault {
  return { path: error.instancePath, expected: error.message ?? error.keyword };
}
