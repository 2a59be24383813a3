import type { CompletedCommand, CompletedOption } from './completed-command.ts';

/** A script that bash 4 and newer reads with `source`. */
export function bashCompletion(program: string, commands: readonly CompletedCommand[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  const names = commands.map((command) => command.name).join(' ');
  return `# Completion of ${program} for bash:  source <(${program} completion bash)
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  # "=" is a word of its own here: --assets=pack is three.
  if [ "$cur" = = ]; then cur=; elif [ "$prev" = = ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then mapfile -t COMPREPLY < <(compgen -W '${names} --help' -- "$cur"); return; fi
  case \${COMP_WORDS[1]} in
${commands.map(caseOf).join('\n')}
  esac
}
complete -F ${name} ${program}
`;
}

function caseOf({ name, takesFiles, words, options }: CompletedCommand): string {
  const positionals = takesFiles ? `      if [[ $cur != -* ]]; then ${files} fi\n` : '';
  const all = [...words, ...options.flatMap(({ names }) => names)].join(' ');
  const values = options.filter(({ value }) => value !== undefined).map(valueCase);
  return `    ${name})
      case $prev in
${values.join('\n')}
      esac
${positionals}      mapfile -t COMPREPLY < <(compgen -W '${all}' -- "$cur") ;;`;
}

const files = 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return;';

function valueCase({ names, choices, isFile }: CompletedOption): string {
  const known = choices.length > 0 ? `mapfile -t COMPREPLY < <(compgen -W '${choices.join(' ')}' -- "$cur"); ` : '';
  return `        ${names.join('|')}) ${isFile ? files : `${known}return;`}; `.trimEnd();
}
