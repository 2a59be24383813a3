import { spawn, type ChildProcess } from 'node:child_process';
import { markVariable } from './process-tree.ts';

/**
 * Reads which process groups live (`+ 123`) and which have ended (`- 123`) until its standard input ends, which only
 * the worker holds open. Then it kills these groups, and what carries the worker's mark until nothing is left, seen
 * three times: a command that was just being started shows its mark a moment later. Groups as well as marks, because a
 * program that renames itself may overwrite the environment in which its mark stood. Plain sh and grep: about a
 * megabyte, and nothing that could need the worker.
 */
const script = `
trap '' INT TERM HUP
mark="^$1=$2"
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
quiet=0
while [ "$quiet" -lt 3 ]; do
  pids=$(grep -lsz "$mark" /proc/[0-9]*/environ | cut -d/ -f3)
  if [ -n "$pids" ]; then kill -KILL $pids 2>/dev/null; quiet=0; else quiet=$((quiet + 1)); fi
  sleep 0.1
done
`;

/** So that a machine on which it cannot live is not flooded with attempts. */
const replaceAfterMs = 100;

/**
 * A small process beside the worker that ends all its commands when the worker dies, however it dies. It leads a
 * session of its own, so that Ctrl-C on the terminal does not reach it before the worker.
 */
export class Guardian implements Disposable {
  readonly #markPrefix: string;
  readonly #groups = new Set<number>();
  #process: ChildProcess;
  #ended = false;

  /** @param markPrefix what the marks of all commands of this worker start with; letters, digits and `-` only */
  constructor(markPrefix: string) {
    this.#markPrefix = markPrefix;
    this.#process = this.#start();
  }

  /** Watches over a process group, until what is returned is disposed of. */
  watch(group: number): Disposable {
    this.#groups.add(group);
    this.#tell(`+ ${group}`);
    return {
      [Symbol.dispose]: (): void => {
        this.#groups.delete(group);
        this.#tell(`- ${group}`);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#process.stdin?.end();
  }

  #tell(line: string): void {
    if (this.#process.stdin?.writable) this.#process.stdin.write(`${line}\n`);
  }

  /** A guardian that is shot (out of memory, an operator's mistake) is replaced, so that the promise holds. */
  #replace(): void {
    setTimeout(() => {
      if (this.#ended) return;
      this.#process = this.#start();
      for (const group of this.#groups) this.#tell(`+ ${group}`);
    }, replaceAfterMs).unref();
  }

  #start(): ChildProcess {
    const child = spawn('/bin/sh', ['-c', script, 'kafka-runner-guardian', markVariable, this.#markPrefix], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      // A program of the same user can read it, and needs none of it.
      env: { PATH: process.env['PATH'] },
    });
    child.unref();
    child.on('exit', () => this.#replace());
    child.on('error', () => this.#replace());
    // What is written to one that was just shot is told to its successor.
    child.stdin?.on('error', () => undefined);
    return child;
  }
}
