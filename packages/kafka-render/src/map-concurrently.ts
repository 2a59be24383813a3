/** Keeps the order. The first error is thrown when the work that has begun is over; nothing more is begun. */
export async function mapConcurrently<In, Out>(
  inputs: readonly In[],
  concurrency: number,
  work: (input: In) => Promise<Out>,
): Promise<Out[]> {
  const outputs: Out[] = [];
  const queue = inputs.entries();
  const errors: unknown[] = [];
  const worker = async () => {
    for (const [index, input] of queue) {
      if (errors.length > 0) return;
      try {
        outputs[index] = await work(input);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (errors.length > 0) throw errors[0];
  return outputs;
}
