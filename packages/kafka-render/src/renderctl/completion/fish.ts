import type { CompletedCommand, CompletedOption } from './completed-command.ts';

/** A script that fish reads with `source`. */
export function fishCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.help)}`,
    ...linesOf(program, command),
  ]);
  return `# Completion of ${program} for fish:  ${program} completion fish | source\n${lines.join('\n')}\n`;
}

function linesOf(program: string, { name, takesFiles, words, options }: CompletedCommand): string[] {
  const start = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
  const positional = words.length > 0 ? ` -a ${quoted(words.join(' '))}` : '';
  const files = takesFiles ? [] : [`${start} -f${positional}`];
  return [...files, ...options.map((option) => `${start} ${optionOf(option)}`)];
}

function optionOf({ names, help, value, choices, isFile }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken = value === undefined ? [] : [isFile ? '-r -F' : '-x'];
  const known = choices.length > 0 ? [`-a ${quoted(choices.join(' '))}`] : [];
  return [...flags, ...taken, ...known, `-d ${quoted(help)}`].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
