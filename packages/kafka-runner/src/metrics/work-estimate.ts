/** So many of the last jobs count about equally. */
const lastJobs = 20;

/** How much work a job is, from those that have ended: a mean in which older ones fade. */
export class WorkEstimate {
  #jobs = 0;
  #meanSeconds = 0;

  add(seconds: number): void {
    this.#jobs = Math.min(this.#jobs + 1, lastJobs);
    this.#meanSeconds += (seconds - this.#meanSeconds) / this.#jobs;
  }

  /** Undefined before the first job has ended. */
  get secondsPerJob(): number | undefined {
    return this.#jobs === 0 ? undefined : this.#meanSeconds;
  }
}
