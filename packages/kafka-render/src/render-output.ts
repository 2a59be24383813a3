import { describeFaults, FailedError, type JsonObject, type Schema } from 'kafka-runner';

/**
 * The answer to a job.
 * @param renderJob the job as it came
 * @param elapsedSeconds how long the rendering took
 * @param schema `render_output.schema.json`; undefined when it could not be read
 * @throws FailedError `response-invalid` when the answer is not what its readers were promised
 */
export function renderOutput(renderJob: unknown, elapsedSeconds: number, schema: Schema | undefined): JsonObject {
  const output = { renderJob, timestamp: Date.now() / 1_000, elapsedTime: elapsedSeconds };
  const faults = schema?.faults(output) ?? [];
  if (faults.length > 0) {
    throw new FailedError('response-invalid', `the response does not match its schema: ${describeFaults(faults)}`);
  }
  return output;
}
