/** Writes the pages that are made from the sources: `bin/node tools/write-docs.ts`. A test says when one is behind. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configurationPage } from './configuration-page.ts';
import { errorCodes } from './error-codes.ts';
import { withMetrics } from './metrics-page.ts';
import { withExample } from './readme-example.ts';

const root = path.dirname(import.meta.dirname);
const readme = path.join(root, 'README.md');
const metrics = path.join(root, 'docs/metrics.md');
const example = await readFile(path.join(root, 'examples/checksums.ts'), 'utf8');

await writeFile(path.join(root, 'docs/configuration.md'), configurationPage());
await writeFile(metrics, withMetrics(await readFile(metrics, 'utf8')));
await writeFile(readme, withExample(await readFile(readme, 'utf8'), example));
const errors = await readFile(path.join(root, 'docs/errors.md'), 'utf8');
await writeFile(path.join(root, 'packages/dashboard/error-codes.json'), errorCodes(errors));
