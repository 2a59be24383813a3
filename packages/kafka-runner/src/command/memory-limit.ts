import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ConfigError, FailedError } from '../errors.ts';
import type { Command, CommandResult } from './run-command.ts';

/** How programs end when an allocation has failed and they did not look. */
const crashes: ReadonlySet<string | null> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS']);

/**
 * Bounds the address space of each process of a command (RLIMIT_AS, by util-linux's prlimit), and tells the ends of commands
 * for want of memory from others.
 */
export class MemoryLimit {
  readonly #bytes: number | undefined;

  /**
   * @param bytes undefined: no limit
   * @throws ConfigError when there is a limit and no prlimit
   */
  constructor(bytes: number | undefined) {
    this.#bytes = bytes;
    if (bytes === undefined) return;
    const { error } = spawnSync('prlimit', ['--version'], { stdio: 'ignore' });
    if (error) throw new ConfigError(`a memory limit needs the program prlimit (package util-linux): ${error.message}`);
  }

  /** The command, under the limit if there is one. */
  applyTo(command: Command): Command {
    const isNone = this.#bytes === undefined || command.length === 0;
    return isNone ? command : ['prlimit', `--as=${this.#bytes}`, '--', ...command];
  }

  /**
   * Runs a command. Throws FailedError `out-of-memory` when the kernel has killed it for want of memory, or when it crashed
   * under the limit: that it was the limit is then likely, not certain.
   */
  async watch(run: () => Promise<CommandResult>): Promise<CommandResult> {
    const before = oomKills();
    const result = await run();
    const why = this.#why(result, before);
    if (why !== undefined) throw new FailedError('out-of-memory', `the command was ended by ${result.signal}: ${why}`);
    return result;
  }

  #why({ signal }: CommandResult, before: number): string | undefined {
    if (signal === 'SIGKILL' && oomKills() > before) {
      return 'the kernel has killed for want of memory. Give the machine more, or run fewer jobs at a time';
    }
    if (this.#bytes !== undefined && crashes.has(signal)) {
      return `most likely it needed more than the ${this.#bytes} bytes it may have`;
    }
    return undefined;
  }
}

/** How many processes the kernel of this machine has killed for want of memory, those of containers included. */
function oomKills(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
}
