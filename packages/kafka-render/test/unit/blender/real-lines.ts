import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'lines');

/** What Blenders have printed, by program, version and engine; `lines/README.md` tells how. */
export function realLines(): Record<string, string[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return Object.fromEntries(
    names.map((name) => [name.slice(0, -4), readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n')]),
  );
}
