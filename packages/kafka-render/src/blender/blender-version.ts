import { execFile } from 'node:child_process';
import { ConfigError } from 'kafka-runner';

/** A Blender that starts. `version` is as it names itself, such as `3.4.1`. */
export type BlenderVersion = {
  readonly executable: string;
  readonly version: string;
  readonly major: number;
  readonly minor: number;
};

/**
 * Starts Blender once and asks for its version.
 * @throws {ConfigError} when there is no such program, it fails, hangs or is not Blender.
 */
export async function probeBlender(executable: string, timeoutMs = 30_000): Promise<BlenderVersion> {
  const output = await printedVersion(executable, timeoutMs);
  const version = parseBlenderVersion(output);
  if (!version) {
    throw new ConfigError(`'${executable}' is not Blender: ${advice} It printed: ${output.slice(0, 200).trim()}`);
  }
  return { executable, ...version };
}

/** Reads the first line of `blender --version`: `Blender 3.4.1`, `Blender 5.0.1 Release Candidate`. */
export function parseBlenderVersion(output: string): Omit<BlenderVersion, 'executable'> | undefined {
  const [, version, major, minor] = /^Blender ((\d+)\.(\d+)(?:\.\d+)?)/m.exec(output) ?? [];
  return version ? { version, major: Number(major), minor: Number(minor) } : undefined;
}

const advice = 'give the path of the Blender executable with -b PATH.';

function printedVersion(executable: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(executable, ['--version'], { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout) => {
      if (!error) {
        resolve(stdout);
      } else {
        const reason = error.killed ? `it did not answer within ${timeoutMs / 1000} s` : error.message.trim();
        reject(new ConfigError(`Blender '${executable}' does not start (${reason}): ${advice}`, { cause: error }));
      }
    });
  });
}
