import { spawn, type ChildProcess } from 'node:child_process';
import { markVariable } from './process-tree.ts';

/**
 * Waits for the end of its standard input, which only the worker holds open, then kills what carries the worker's
 * mark until nothing is left, seen three times: a command that was just being started shows its mark a moment later.
 * Plain sh and grep: about a megabyte, and nothing that could need the worker.
 */
const script = `
trap '' INT TERM HUP
cat >/dev/null
quiet=0
while [ "$quiet" -lt 3 ]; do
  pids=$(grep -lsz "^$1=$2" /proc/[0-9]*/environ | cut -d/ -f3)
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
  #process: ChildProcess;
  #ended = false;

  /** @param markPrefix what the marks of all commands of this worker start with; letters, digits and `-` only */
  constructor(markPrefix: string) {
    this.#markPrefix = markPrefix;
    this.#process = this.#start();
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#process.stdin?.end();
  }

  /** A guardian that is shot (out of memory, an operator's mistake) is replaced, so that the promise holds. */
  #replace(): void {
    setTimeout(() => {
      if (!this.#ended) this.#process = this.#start();
    }, replaceAfterMs).unref();
  }

  #start(): ChildProcess {
    const child = spawn('/bin/sh', ['-c', script, 'kafka-runner-guardian', markVariable, this.#markPrefix], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    child.unref();
    child.on('exit', () => this.#replace());
    child.on('error', () => this.#replace());
    return child;
  }
}
