import { freePort } from '../../../../../lab/free-port.ts';
import { startLab, type LabKafka } from '../../../../../lab/lab.ts';
import { faultyNetwork, type FaultyNetwork } from '../../faulty-network.ts';
import type { FaultRun } from './fault-scenario.ts';

/** A Kafka with a second listener, which is reached through a network that fails as told. */
export interface KafkaBehindNetwork {
  /** The direct way: for the test itself, and for the oracle. */
  readonly kafka: LabKafka;
  readonly network: FaultyNetwork;
  /** `host:port` of the way through the network. */
  readonly server: string;
}

/** Starts it; it ends with the test. */
export async function startKafkaBehindNetwork({ t }: FaultRun): Promise<KafkaBehindNetwork> {
  const [hidden, advertised] = [await freePort(), await freePort()];
  const network = await faultyNetwork(t, `http://127.0.0.1:${hidden}`, { kind: 'healthy' }, advertised);
  const properties = ({ port, controllerPort }: { port: number; controllerPort: number }) => ({
    listeners: `PLAINTEXT://127.0.0.1:${port},FAULTY://127.0.0.1:${hidden},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},FAULTY://127.0.0.1:${advertised}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,FAULTY:PLAINTEXT,CONTROLLER:PLAINTEXT',
  });
  const lab = await startLab({ minio: false, kafka: { properties } });
  t.after(() => lab[Symbol.asyncDispose]());
  return { kafka: lab.kafka, network, server: `127.0.0.1:${advertised}` };
}
