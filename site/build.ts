/**
 * `npm run docs`: the documents as a site in `out/site`, made of the pages of the repository as they are, and of the doc
 * comments of Kafka Runner. A link that leads nowhere, or a request to anywhere else, fails it.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vitepress';
import { writeApiReference } from './api-reference.ts';
import { checkSite } from './check-site.ts';
import { copyPages } from './copy-pages.ts';

const root = path.dirname(import.meta.dirname);
const sources = path.join(root, 'out/site-sources');
const site = path.join(root, 'out/site');

await rm(sources, { recursive: true, force: true });
const api = await writeApiReference(root, path.join(sources, 'api'));
const pages = await copyPages(root, sources);
await build(import.meta.dirname);
const faults = await checkSite(site);
for (const fault of faults) console.error(fault);
console.log(`${pages} pages and ${api} of the API: ${path.relative(process.cwd(), path.join(site, 'index.html'))}`);
process.exitCode = faults.length > 0 ? 1 : 0;
