import type { Command } from '../run-command.ts';

/** What bubblewrap says, and what to do about it. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/bwrap ENOENT|bwrap: not found/, "bubblewrap is not installed (the program bwrap; Debian's package is bubblewrap)"],
  [/Unknown option/, 'this bubblewrap is too old: it has to be 0.8 or newer'],
  [/execvp prlimit/, "the program prlimit is missing (Debian's package is util-linux)"],
  [
    /namespace|uid map/i,
    'this user, or this container, may make no namespaces. Machine: look at kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns. Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined',
  ],
  [
    /mount proc|\/proc/,
    'this container hides parts of /proc, so that no new one can be mounted. Docker: --security-opt systempaths=unconfined',
  ],
];

/** Why the check of a sandbox failed, for people. */
export function whyNoSandbox(error: Error, stderr: string, check: Command): string {
  const printed = stderr.trim().split('\n').at(-1) ?? '';
  const said = printed || error.message;
  // What the check itself prints is not about the sandbox.
  if (!/\bbwrap\b/.test(said)) return `'${check.join(' ')}' does not work in it: ${said}`;
  const cause = causes.find(([pattern]) => pattern.test(said))?.[1];
  return cause ? `${cause} (it says: ${said})` : said;
}
