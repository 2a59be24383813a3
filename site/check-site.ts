import { glob, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What is wrong with a built site: links and anchors that lead nowhere, and whatever a page loads from elsewhere. */
export async function checkSite(site: string): Promise<string[]> {
  const pages = new Map<string, string>();
  for await (const file of glob('**/*.html', { cwd: site })) {
    pages.set(file, await readFile(path.join(site, file), 'utf8'));
  }
  const anchors = new Map([...pages].map(([file, html]) => [file, new Set(attributes(html, 'id'))]));
  const faults = [...pages].flatMap(([file, html]) => [
    ...loadedFromElsewhere(html).map((what) => `${file} loads ${what}`),
    ...attributes(html, 'href').flatMap((link) => faultOf(link, { site, file, anchors }) ?? []),
  ]);
  for await (const file of glob('**/*.css', { cwd: site })) {
    const css = await readFile(path.join(site, file), 'utf8');
    for (const [, what = ''] of css.matchAll(/(?:url\(|@import)\s*["']?((?:https?:)?\/\/[^"')\s]+)/g)) {
      faults.push(`${file} loads ${what}`);
    }
  }
  return pages.size === 0 ? [`${site} holds no page`] : faults;
}

function attributes(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<[a-z][^>]*?\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) =>
    unescaped(value),
  );
}

function unescaped(value: string): string {
  return value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

const elsewhere = /^(?:https?:)?\/\//;

function loadedFromElsewhere(html: string): string[] {
  const links = [...html.matchAll(/<link[^>]*?\shref="([^"]*)"/g)].map(([, href = '']) => href);
  return [...attributes(html, 'src'), ...links].filter((what) => elsewhere.test(what));
}

interface Place {
  readonly site: string;
  readonly file: string;
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
}

function faultOf(link: string, { site, file, anchors }: Place): string | undefined {
  if (/^[a-z]+:/.test(link) || elsewhere.test(link)) return undefined;
  const [pathname = '', anchor] = decodeURIComponent(link).split('#');
  const named = pathname.startsWith('/') ? pathname.slice(1) : path.join(path.dirname(file), pathname);
  const target = pathname === '' ? file : named === '' || named.endsWith('/') ? `${named}index.html` : named;
  if (!existsSync(path.join(site, target))) return `${file} links to ${link}, which is not there`;
  const isKnown = anchor === undefined || anchor === '' || anchors.get(target)?.has(anchor) !== false;
  return isKnown ? undefined : `${file} links to ${link}: there is no such heading`;
}
