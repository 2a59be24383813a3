import type { PythonClients } from '../python.ts';
import type { Part } from './part.ts';
import { pythonEnvironment } from './python-environment.ts';

/** A virtual environment with one generation of Python clients. */
export function pythonClients(clients: PythonClients, packages: readonly string[]): Part {
  return pythonEnvironment({
    name: `Python clients, ${clients}`,
    environment: clients,
    packages,
    announcement: `making a Python environment with ${packages.join(' and ')} (${clients})`,
    interpreter: 'python3',
    proof: 'from kafka import KafkaConsumer, KafkaProducer',
  });
}
