/**
 * What programs ask for: where things are, whose they are, which language, which display. None of it is a secret; what
 * is (access keys, tokens, addresses with a password in them) has names that nobody can foresee.
 */
const usual = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TZ', 'LANG', 'LANGUAGE', 'LC_*'],
  ...['LD_*', 'PYTHON*', 'VIRTUAL_ENV', 'OMP_*', 'DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'XDG_*'],
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The part of an environment that a command may see: the usual variables, and those of `further` names; `*` at the end
 * of one stands for any rest.
 */
export function commandEnvironment(environment: Environment, further: readonly string[]): Environment {
  const passed = [...usual, ...further];
  const isPassed = (name: string): boolean => passed.some((pattern) => matches(name, pattern));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isPassed(name)));
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
