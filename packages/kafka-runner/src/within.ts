/** Waits for a promise, but no longer than that. Then nobody waits for it any more, though what it stands for goes on. */
export async function within(limitMs: number, promise: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([promise, over]).finally(() => clearTimeout(timer));
}
