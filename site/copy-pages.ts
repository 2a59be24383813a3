import { copyFile, glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { titleOf } from './page-title.ts';

/** What of the repository is a page, by its path in it. */
const patterns = ['README.md', 'DESIGN.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/**/*.md'];
/** Files that a browser shows as they are; any other text gets `.txt` behind its name, so that it is shown, too. */
const shown = new Set(['.json', '.png', '.svg', '.txt', '.yaml']);

/**
 * Copies the pages of the repository into a folder, each to its own place (the README as `index.md`). Links to other files of
 * the repository lead to copies of these. Resolves to the number of pages.
 *
 * @throws Error when a page links to a file that is not there.
 */
export async function copyPages(root: string, target: string): Promise<number> {
  const pages = await Array.fromAsync(glob(patterns, { cwd: root }));
  for (const page of pages) {
    const copied = path.join(target, page === 'README.md' ? 'index.md' : page);
    await mkdir(path.dirname(copied), { recursive: true });
    await writeFile(copied, await withLinks(await readFile(path.join(root, page), 'utf8'), { root, target, page }));
  }
  await writeFile(path.join(target, 'docs/decisions/index.md'), await listOfDecisions(root));
  return pages.length + 1;
}

interface Place {
  readonly root: string;
  readonly target: string;
  readonly page: string;
}

/** The page with its links as the site has them; what stands in code is no link. */
async function withLinks(text: string, place: Place): Promise<string> {
  const parts = text.split(/(^```[^]*?^```$|^(?: {4}.*\n)+|`[^`\n]+`)/m);
  const done = parts.map(async (part, index) => (index % 2 === 1 ? part : await replaceLinks(part, place)));
  return (await Promise.all(done)).join('');
}

async function replaceLinks(text: string, place: Place): Promise<string> {
  const pattern = /\]\(([^)\s]+)\)/g;
  const links = await Promise.all([...text.matchAll(pattern)].map(([, link = '']) => linkOnSite(link, place)));
  return text.replace(pattern, () => `](${links.shift()})`);
}

async function linkOnSite(link: string, { root, target, page }: Place): Promise<string> {
  const [file = '', anchor] = link.split('#');
  if (file === '' || /^[a-z]+:/.test(file)) return link;
  const named = path.join(path.dirname(page), file);
  if (!existsSync(path.join(root, named))) throw new Error(`${page} links to ${file}, which is not there`);
  if (named === 'README.md')
    return path.join(path.dirname(file), 'index.md') + (anchor === undefined ? '' : `#${anchor}`);
  if (file.endsWith('.md')) return link;
  if (statSync(path.join(root, named)).isDirectory()) return `${file.replace(/\/$/, '')}/`;
  const suffix = shown.has(path.extname(file)) ? '' : '.txt';
  // Pictures are built into the page that shows them; other files are offered beside the pages.
  const folder = /\.(png|svg)$/.test(file) ? target : path.join(target, 'public');
  const copied = path.join(folder, `${named}${suffix}`);
  await mkdir(path.dirname(copied), { recursive: true });
  await copyFile(path.join(root, named), copied);
  return `${file}${suffix}`;
}

async function listOfDecisions(root: string): Promise<string> {
  const names = (await Array.fromAsync(glob('*.md', { cwd: path.join(root, 'docs/decisions') }))).toSorted();
  const rows = names.map(async (name) => `- [${await titleOf(path.join(root, 'docs/decisions', name))}](${name})`);
  return `# Decisions\n\nWhat was chosen, why, and at what cost.\n\n${(await Promise.all(rows)).join('\n')}\n`;
}
