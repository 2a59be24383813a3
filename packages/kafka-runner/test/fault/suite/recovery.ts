/** How long a dead worker's open transaction stays open, by default. */
const transactionTimeoutMs = 10_000;

/** The broker's own scan for transactions to abort, and the group's rebalance. */
const slackMs = 15_000;

/** Within this time of a worker's death another one goes on. */
export function recoveryLimitMs(sessionTimeoutMs: number): number {
  return sessionTimeoutMs + transactionTimeoutMs + slackMs;
}
