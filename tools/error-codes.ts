/** `packages/dashboard/error-codes.json`, from the tables of `docs/errors.md`: by code what it means and what to do. */
export function errorCodes(page: string): string {
  const rows = page.matchAll(/^\| `([a-z-]+)` \| (\w+) \| (.+) \| (.+) \|$/gm);
  const codes = [...rows].map(([, code = '', outcome, meaning, advice]) => [
    code,
    { outcome, meaning: plain(meaning), advice: plain(advice) },
  ]);
  return `${JSON.stringify(Object.fromEntries(codes), null, 2)}\n`;
}

/** The dashboard shows text. */
function plain(markdown = ''): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
