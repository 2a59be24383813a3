/** Writes the pages that are made from the sources: `bin/node tools/write-docs.ts`. A test says when one is behind. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configurationPage } from './configuration-page.ts';

await writeFile(path.join(path.dirname(import.meta.dirname), 'docs/configuration.md'), configurationPage());
