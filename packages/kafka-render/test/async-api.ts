import { readFileSync } from 'node:fs';
import path from 'node:path';
import specs from '@asyncapi/specs';
import { Ajv, type ErrorObject, type Schema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const file = path.join(import.meta.dirname, '../asyncapi.yaml');

/** A message as `asyncapi.yaml` describes it. */
export interface DescribedMessage {
  readonly name: string;
  readonly channel: string;
  /** The `$id` of the schema of its value. */
  readonly payloadId: string;
  readonly headerNames: readonly string[];
  /** What is wrong with a record of it; nothing when it is as described. */
  faults(record: { readonly key?: unknown; readonly headers?: unknown; readonly value: unknown }): readonly string[];
}

interface RawMessage {
  readonly name: string;
  readonly payload: { readonly $id: string };
  readonly headers?: Schema;
  readonly bindings?: { readonly kafka: { readonly key: Schema } };
}

interface Document {
  readonly info: { readonly version: string };
  readonly channels: Readonly<Record<string, RawChannel>>;
  readonly operations: Readonly<Record<string, { readonly channel: RawChannel }>>;
}

interface RawChannel {
  readonly address: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly messages: Readonly<Record<string, RawMessage>>;
}

/** The description of all topics, with what its references lead to in their place. */
export class AsyncApi {
  readonly #raw = parse(readFileSync(file, 'utf8')) as unknown;
  readonly document: Document;
  readonly messages: readonly DescribedMessage[];

  /** Throws when a reference leads nowhere. */
  constructor() {
    this.document = this.#resolved(this.#raw) as Document;
    const channels = Object.entries(this.document.channels);
    this.messages = channels.flatMap(([channel, { messages }]) =>
      Object.values(messages).map((message) => describe(channel, message)),
    );
  }

  /** By the official JSON Schema of AsyncAPI 3.0. */
  faults(): readonly string[] {
    // It brings draft-07 along.
    const official = new Ajv({ meta: false, strict: false, allErrors: true, validateFormats: false });
    const validate = official.compile(specs.schemas['3.0.0'] as Schema);
    return validate(this.#raw) ? [] : toLines(validate.errors);
  }

  message(name: string): DescribedMessage {
    const message = this.messages.find((one) => one.name === name);
    if (!message) throw new Error(`there is no message ${name}`);
    return message;
  }

  #resolved(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((part) => this.#resolved(part));
    if (typeof node !== 'object' || node === null) return node;
    if ('$ref' in node) return this.#target(String(node.$ref));
    return Object.fromEntries(Object.entries(node).map(([name, part]) => [name, this.#resolved(part)]));
  }

  #target(reference: string): unknown {
    if (!reference.startsWith('#/'))
      return JSON.parse(readFileSync(path.join(path.dirname(file), reference), 'utf8')) as unknown;
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], this.#raw);
    if (target === undefined) throw new Error(`${reference} leads nowhere`);
    return this.#resolved(target);
  }
}

function describe(channel: string, { name, payload, headers = true, bindings }: RawMessage): DescribedMessage {
  // The schemas refer to each other by their names.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const job = JSON.parse(
    readFileSync(path.join(path.dirname(file), 'schemas/render_job.schema.json'), 'utf8'),
  ) as Schema;
  if (payload.$id !== 'render_job.schema.json') ajv.addSchema(job);
  const parts = { value: payload, headers, key: bindings?.kafka.key ?? true } satisfies Record<string, Schema>;
  const validators = Object.entries(parts).map(([part, schema]) => ({ part, validate: ajv.compile(schema) }));
  return {
    name,
    channel,
    payloadId: payload.$id,
    headerNames: propertiesOf(headers),
    faults: (record) =>
      validators.flatMap(({ part, validate }) => {
        const value = record[part as keyof typeof record];
        return value === undefined || validate(value) ? [] : toLines(validate.errors).map((line) => `${part}${line}`);
      }),
  };
}

function propertiesOf(schema: unknown): string[] {
  const { properties = {}, allOf = [] } = schema as { properties?: object; allOf?: readonly unknown[] };
  return [...Object.keys(properties), ...allOf.flatMap(propertiesOf)];
}

function toLines(errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}
