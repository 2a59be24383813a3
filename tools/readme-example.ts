const begin = '<!-- example: begin -->';
const end = '<!-- example: end -->';

/** The README with the example runner, as it stands in `examples/`, between its marks. */
export function withExample(readme: string, source: string): string {
  const [before = '', rest = ''] = readme.split(begin);
  const [, after = ''] = rest.split(end);
  return `${before}${begin}\n\n\`\`\`ts\n${source}\`\`\`\n\n${end}${after}`;
}
