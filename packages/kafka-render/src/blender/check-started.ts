import { UnavailableError, type CommandResult } from 'kafka-runner';
import type { RenderReport } from './render-report.ts';

/** By these the loader, a shell or a wrapper says that there is no such program, or that it or a library of it cannot be loaded. */
const notRun: ReadonlySet<number | null> = new Set([126, 127]);

/**
 * Blender started when the worker did, and now it does not: that is no fault of a scene.
 * @throws {UnavailableError} `machine-exhausted`
 */
export function checkStarted(
  { exitCode }: Pick<CommandResult, 'exitCode'>,
  report: RenderReport,
  output: readonly string[],
): void {
  if (!notRun.has(exitCode) || report.scene || report.error) return;
  const printed = output.slice(-5).join(' | ');
  throw new UnavailableError(
    'machine-exhausted',
    `Blender does not start, exit code ${exitCode}; it printed: ${printed}`,
  );
}
