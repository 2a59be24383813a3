import type { CompletedCommand, CompletedOption } from './completed-command.ts';

/** A script that zsh reads with `source`, after compinit. */
export function zshCompletion(program: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${program}
# Completion of ${program} for zsh:  source <(${program} completion zsh)
_${program}() {
  local -a commands=(
${commands.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join('\n')}
  esac
}
compdef _${program} ${program}
`;
}

function caseOf({ name, takesFiles, words, options }: CompletedCommand): string {
  const positional = takesFiles ? `'*:file:_files'` : quoted(`*:argument:(${words.join(' ')})`);
  const all = [...options.flatMap(argumentsOf), positional];
  return `    ${name}) _arguments ${all.join(' \\\n      ')} ;;`;
}

function argumentsOf({ names, help, value, choices, isFile }: CompletedOption): string[] {
  const action = isFile ? '_files' : choices.length > 0 ? `(${choices.join(' ')})` : ' ';
  const taken = value === undefined ? '' : `:${value}:${action}`;
  return names.map((name) => quoted(`${name}[${help.replaceAll(/[[\]:]/g, String.raw`\$&`)}]${taken}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
