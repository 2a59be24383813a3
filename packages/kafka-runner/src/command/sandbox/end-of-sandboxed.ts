import { constants } from 'node:os';
import type { CommandResult } from '../run-command.ts';

const signals = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** As a shell does, bubblewrap ends with 128 and the number of the signal that ended its command. */
export function endOfSandboxed<Result extends CommandResult>(result: Result): Result {
  const signal = signals.get((result.exitCode ?? 0) - 128);
  return signal === undefined ? result : { ...result, exitCode: null, signal };
}
