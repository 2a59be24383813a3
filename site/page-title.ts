import { readFile } from 'node:fs/promises';

/** The first heading of a page of Markdown, as plain text. */
export async function titleOf(file: string): Promise<string> {
  const [, title] = /^# (.+)$/m.exec(await readFile(file, 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${file} has no title`);
  return title.replace(/[`\\]/g, '');
}
