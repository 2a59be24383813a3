import MarkdownIt from 'markdown-it';

/** A command that a page tells its reader to type. */
export interface PageCommand {
  readonly text: string;
  /** Of the page, counted from 1. */
  readonly line: number;
}

const shells = ['sh', 'bash'];

/** The commands of a page of Markdown: what stands in indented blocks, and in those fenced as `sh`, without comments. */
export function commandsOf(page: string): PageCommand[] {
  return new MarkdownIt().parse(page, {}).flatMap(({ type, info, content, map }) => {
    const [start = 0] = map ?? [];
    if (type === 'code_block') return commandsIn(content, start + 1);
    return type === 'fence' && shells.includes(info.trim()) ? commandsIn(content, start + 2) : [];
  });
}

function commandsIn(block: string, firstLine: number): PageCommand[] {
  const commands: PageCommand[] = [];
  let text = '';
  let line = firstLine;
  for (const [index, next] of block.trimEnd().split('\n').entries()) {
    if (text === '') line = firstLine + index;
    text = text === '' ? next : `${text}\n${next}`;
    if (goesOn(text)) continue;
    const command = withoutComment(text);
    if (command !== '') commands.push({ text: command, line });
    text = '';
  }
  if (text !== '') throw new Error(`line ${line}: this command has no end: ${text}`);
  return commands;
}

const quoted = /'[^']*'|"(?:\\.|[^"\\])*"/g;
const comment = /(?:^|\s+)#(?:\s.*)?$/;

/** Whether a quote is open, or the line is continued by a backslash. */
function goesOn(text: string): boolean {
  return text.endsWith('\\') || /['"]/.test(text.replace(quoted, '').replace(comment, ''));
}

function withoutComment(text: string): string {
  const begin = text.replace(quoted, (part) => '_'.repeat(part.length)).search(comment);
  return (begin === -1 ? text : text.slice(0, begin)).trim();
}
