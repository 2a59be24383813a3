import type { TimeLimit } from '../time-limit.ts';
import { signalGroup } from './process-tree.ts';

/** Lets the command of a job stand still (SIGSTOP) and go on (SIGCONT). The clock of what it achieves runs while it does. */
export class CommandPause {
  readonly #clock: Pick<TimeLimit, 'start' | 'pause' | 'restart'>;
  #group: number | undefined;
  #isPaused = false;

  constructor(clock: Pick<TimeLimit, 'start' | 'pause' | 'restart'>) {
    this.#clock = clock;
  }

  /** The process group of a command that begins, until what is returned is disposed of; it does not stand still after that. */
  watch(group: number): Disposable {
    this.#group = group;
    this.#clock.start();
    return {
      [Symbol.dispose]: (): void => {
        this.resume();
        this.#clock.pause();
        this.#group = undefined;
      },
    };
  }

  /** Without a command that runs: nothing. */
  pause(): void {
    if (this.#group === undefined || this.#isPaused) return;
    this.#isPaused = true;
    this.#clock.pause();
    signalGroup(this.#group, 'SIGSTOP');
  }

  resume(): void {
    if (this.#group === undefined || !this.#isPaused) return;
    this.#isPaused = false;
    signalGroup(this.#group, 'SIGCONT');
    this.#clock.start();
    this.#clock.restart();
  }
}
