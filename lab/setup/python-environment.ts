import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pythonFolder, pythonPath, requirementsFile, type PythonEnvironment } from '../python.ts';
import { installFolder } from './install-folder.ts';
import { outputOf } from './output-of.ts';
import type { Part } from './part.ts';
import { run } from './run.ts';

export interface EnvironmentOptions {
  readonly name: string;
  readonly environment: PythonEnvironment;
  /** Those that its table row tells of, and without which it has to be made. */
  readonly packages: readonly string[];
  readonly announcement: string;
  /** The Python to make it of. */
  readonly interpreter: string;
  /** A statement that works once it is made. */
  readonly proof: string;
}

/** A virtual environment; it is there when its Python finds the packages. */
export function pythonEnvironment(options: EnvironmentOptions): Part {
  const { name, environment, packages, announcement } = options;
  return {
    name,
    find: async () => {
      const names = JSON.stringify(packages);
      const script = `from importlib.metadata import version; print(', '.join(f'{p} {version(p)}' for p in ${names}))`;
      const found = await outputOf(pythonPath(environment), ['-c', script]);
      return found === undefined ? undefined : { version: found, path: pythonFolder(environment) };
    },
    announcement,
    install: () => replaceEnvironment(options),
  };
}

/** One that is there but does not find them belongs to a Python that has gone. */
async function replaceEnvironment(options: EnvironmentOptions): Promise<void> {
  const target = pythonFolder(options.environment);
  rmSync(target, { recursive: true, force: true });
  await installFolder(target, (folder) => makeEnvironment(folder, options));
}

/** Moving the environment afterwards is safe as long as it is used through its `bin/python`, which finds itself. */
async function makeEnvironment(folder: string, { environment, interpreter, proof }: EnvironmentOptions): Promise<void> {
  const log = `python-${environment}`;
  await run({ argv: [interpreter, '-m', 'venv', folder], log });
  const python = join(folder, 'bin', 'python');
  const pip = [python, '-m', 'pip', '--disable-pip-version-check'] as const;
  await run({ argv: [...pip, 'install', '--require-hashes', '-r', requirementsFile(environment)], log });
  await run({ argv: [python, '-c', proof], log });
}
