import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A message that the documents show: `SCHEMA.good.WHY.json` or `SCHEMA.bad.PROPERTY-WHY.json` in `examples`. */
export interface ExampleMessage {
  readonly schema: string;
  readonly isGood: boolean;
  /** What is special about it; for a bad one the property at fault comes first. */
  readonly about: string;
  readonly text: string;
}

const folder = path.join(import.meta.dirname, 'examples');

/** All examples for one schema. */
export function exampleMessages(schema: string): ExampleMessage[] {
  return readdirSync(folder)
    .map((name) => ({ name, parts: name.split('.') }))
    .filter(({ parts }) => parts[0] === schema)
    .map(({ name, parts: [, verdict, about = ''] }) => {
      return { schema, isGood: verdict === 'good', about, text: readFileSync(path.join(folder, name), 'utf8') };
    });
}

/** The property that is at fault in a bad example. */
export function propertyAtFault({ about }: ExampleMessage): string {
  return about.split('-')[0] ?? '';
}
