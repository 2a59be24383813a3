import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a quick command prints, on both channels; undefined when it fails, is not there or takes longer than 20 s. */
export async function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { timeout: 20_000, killSignal: 'SIGKILL' });
    return `${stdout}${stderr}`.trim();
  } catch {
    return undefined;
  }
}
