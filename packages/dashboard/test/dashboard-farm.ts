import path from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../../lab/free-port.ts';
import { RenderFarm } from '../../kafka-render/test/render-farm.ts';
import type { RenderWorker } from '../../kafka-render/test/render-worker.ts';
import { DashboardProgram } from './dashboard-program.ts';

/** A farm with the topics that the dashboard reads and writes beside those of the worker. */
export class DashboardFarm {
  readonly farm: RenderFarm;
  readonly progressTopic: string;
  readonly controlTopic: string;
  readonly #port: number;

  private constructor(farm: RenderFarm, port: number) {
    this.farm = farm;
    this.progressTopic = `${farm.group}.progress`;
    this.controlTopic = `${farm.group}.control`;
    this.#port = port;
  }

  static async open(t: TestContext): Promise<DashboardFarm> {
    const farm = await RenderFarm.open(t, { inTopic: { partitions: 1 } });
    const opened = new DashboardFarm(farm, await freePort());
    await farm.lab.kafka.createTopic(opened.progressTopic);
    await farm.lab.kafka.createTopic(opened.controlTopic);
    return opened;
  }

  /** Always at the same address, as a restarted one is. */
  start(...args: readonly string[]): DashboardProgram {
    const { topics, lab, folder } = this.farm;
    const watched = ['--progress-topic', this.progressTopic, '--control-topic', this.controlTopic];
    const places = ['--credentials', folder.credentialsFile, '--history', path.join(folder.cwd, 'history.sqlite')];
    const all = [topics.jobs, topics.results, ...lab.kafka.bootstrapServers, '-e', topics.errors];
    return new DashboardProgram([...all, ...watched, ...places, '--port', String(this.#port), ...args], folder.cwd);
  }

  /** One that tells of its progress, and hears orders. */
  startWorker(): RenderWorker {
    const topics = ['--progress-topic', this.progressTopic, '--control-topic', this.controlTopic];
    return this.farm.startWorker({ args: [...topics, '--shutdown-timeout', '0'] });
  }

  async tell(event: Readonly<Record<string, unknown>>): Promise<void> {
    const time = new Date().toISOString();
    await this.farm.kafka.send(this.progressTopic, [JSON.stringify({ time, ...event })]);
  }
}
