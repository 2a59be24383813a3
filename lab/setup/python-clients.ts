import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pythonFolder, pythonPath, requirementsFile } from '../python.ts';
import type { PythonClients } from '../python.ts';
import { installFolder } from './install-folder.ts';
import { outputOf } from './output-of.ts';
import { run } from './run.ts';
import type { Part } from './part.ts';

/** A virtual environment with one generation of Python clients; it is there when its Python finds the packages. */
export function pythonClients(clients: PythonClients, packages: readonly string[]): Part {
  return {
    name: `Python clients, ${clients}`,
    find: async () => {
      const names = JSON.stringify(packages);
      const script = `from importlib.metadata import version; print(', '.join(f'{p} {version(p)}' for p in ${names}))`;
      const found = await outputOf(pythonPath(clients), ['-c', script]);
      return found === undefined ? undefined : { version: found, path: pythonFolder(clients) };
    },
    announcement: `making a Python environment with ${packages.join(' and ')} (${clients})`,
    install: () => replaceEnvironment(clients),
  };
}

/** One that is there but does not find them belongs to a Python that has gone. */
async function replaceEnvironment(clients: PythonClients): Promise<void> {
  rmSync(pythonFolder(clients), { recursive: true, force: true });
  await installFolder(pythonFolder(clients), (folder) => makeEnvironment(folder, clients));
}

/** Moving the environment afterwards is safe as long as it is used through its `bin/python`, which finds itself. */
async function makeEnvironment(folder: string, clients: PythonClients): Promise<void> {
  const log = `python-${clients}`;
  await run({ argv: ['python3', '-m', 'venv', folder], log });
  const pip = [join(folder, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check'] as const;
  await run({ argv: [...pip, 'install', '-r', requirementsFile(clients)], log });
  await run({ argv: [join(folder, 'bin', 'python'), '-c', 'from kafka import KafkaConsumer, KafkaProducer'], log });
}
