import { execFile } from 'node:child_process';
import { ConfigError } from 'kafka-runner';

/** A Blender that starts. `version` is as it names itself, such as `3.4.1`. */
export type BlenderVersion = {
  /** What to start: Blender itself, or with `module` a Python that has Blender as its module `bpy`. */
  readonly executable: string;
  readonly kind: 'executable' | 'module';
  readonly version: string;
  readonly major: number;
  readonly minor: number;
};

/**
 * Starts the program once, a Python twice, and asks for its version and that of its module `bpy`.
 * @throws {ConfigError} when there is no such program, it fails, hangs, or is neither Blender nor a Python with `bpy`.
 */
export async function probeBlender(executable: string, timeoutMs = 30_000): Promise<BlenderVersion> {
  const output = await printed(executable, ['--version'], timeoutMs).catch((error: ProbeError) => {
    throw new ConfigError(`Blender '${executable}' does not start (${error.message}): ${advice}`, { cause: error });
  });
  const version = parseBlenderVersion(output);
  if (version) return { executable, kind: 'executable', ...version };
  if (/^Python \d/m.test(output)) {
    return { executable, kind: 'module', ...(await moduleVersion(executable, output.trim(), timeoutMs)) };
  }
  throw new ConfigError(`'${executable}' is not Blender: ${advice} It printed: ${output.slice(0, 200).trim()}`);
}

type Version = Pick<BlenderVersion, 'version' | 'major' | 'minor'>;

/** Reads the first line of `blender --version`: `Blender 3.4.1`, `Blender 5.0.1 Release Candidate`. */
export function parseBlenderVersion(output: string): Version | undefined {
  const [, version, major, minor] = /^Blender ((\d+)\.(\d+)(?:\.\d+)?)/m.exec(output) ?? [];
  return version ? { version, major: Number(major), minor: Number(minor) } : undefined;
}

const advice = 'give the path of the Blender executable, or of a Python that has the module bpy, with -b PATH.';

/** Leaves at once: the module may crash while the interpreter ends. */
const askModule = "import bpy, os; print('\\nBlender', bpy.app.version_string, flush=True); os._exit(0)";

async function moduleVersion(python: string, name: string, timeoutMs: number): Promise<Version> {
  const output = await printed(python, ['-c', askModule], timeoutMs).catch((error: ProbeError) => {
    const install = `'${python} -m pip install bpy' installs it, if there is one for this Python;`;
    throw new ConfigError(
      `'${python}' is ${name}, and its module bpy does not load (${error.message}): ${install} or ${advice}`,
      { cause: error },
    );
  });
  const version = parseBlenderVersion(output);
  if (version) return version;
  throw new ConfigError(`the module bpy of '${python}' is not Blender: ${advice}`);
}

/** Says why in its message. */
class ProbeError extends Error {}

function printed(executable: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(executable, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const lastLine = stderr.trim().split('\n').at(-1);
      const reason = error.killed ? `it did not answer within ${timeoutMs / 1000} s` : lastLine || error.message.trim();
      reject(new ProbeError(reason, { cause: error }));
    });
  });
}
