import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, parseCommandLine, TopicReader, type CommandLineSpec } from 'kafka-runner';
import { z } from 'zod';
import { renderSettings } from '../config.ts';
import { respell } from '../connection-options.ts';
import { fieldsOf } from './named-job.ts';
import { sendOrders } from './orders.ts';
import { clusterAt, controlTopicOption, endTopicOptions, jsonOption, kafkaOptions } from './topic-options.ts';
import { TopicTail } from './watch/topic-tail.ts';

const pollMs = 250;

const options = {
  timeout: {
    flags: '--timeout <seconds>',
    help: 'how long to wait until the worker says that it is so; without --progress-topic nothing is waited for',
    schema: z.coerce.number().min(0).max(86_400).default(15),
  },
  controlTopic: controlTopicOption,
  progressTopic: endTopicOptions.progressTopic,
  json: jsonOption,
  ...kafkaOptions,
} as const;

/** What a worker says of itself when it has done so. */
const states = { pause: ['paused'], resume: ['running'], drain: ['draining', 'stopped'] } as const;
type WorkerOrder = keyof typeof states;

type WorkerSpec = CommandLineSpec<typeof options>;

function specOf(order: WorkerOrder, what: string): WorkerSpec {
  return {
    program: `kafka-renderctl ${order}`,
    description: `${what} Exit code 1 when it does not say in time that it is so.`,
    positionals: [{ name: 'worker', help: 'its name, HOST-PID', takes: 'one' }],
    options,
    example: `kafka-renderctl ${order} render-03-4711`,
  };
}

export const pauseSpec = specOf(
  'pause',
  'Lets a worker take no new jobs; it keeps its partitions and ends the jobs that run.',
);
export const resumeSpec = specOf('resume', 'Lets a paused worker take jobs again.');
export const drainSpec = specOf(
  'drain',
  'Lets a worker end the jobs that run, take no new ones, leave, and exit with 0.',
);

export const pause = (args: readonly string[]): Promise<number> => give('pause', pauseSpec, args);
export const resume = (args: readonly string[]): Promise<number> => give('resume', resumeSpec, args);
export const drain = (args: readonly string[]): Promise<number> => give('drain', drainSpec, args);

async function give(order: WorkerOrder, spec: WorkerSpec, args: readonly string[]): Promise<number> {
  const { positionals, options: given } = parseCommandLine(spec, args.map(respell), renderSettings);
  const [worker = ''] = positionals;
  const { controlTopic, progressTopic, timeout, json } = given;
  const cluster = clusterAt(given);
  await using reader = await TopicReader.connect(cluster);
  await reader.ranges(controlTopic);
  const workers = progressTopic === undefined ? undefined : new Workers(reader, progressTopic);
  await workers?.checkName(worker);
  await sendOrders(cluster, controlTopic, [{ key: `worker/${worker}`, order: { order, worker } }]);
  const state = await workers?.until(worker, states[order], timeout * 1_000);
  const isSo = workers === undefined || states[order].some((wanted) => wanted === state);
  const said =
    workers === undefined ? 'the order is sent' : isSo ? state : `has not said within ${timeout} s that it is so`;
  console.log(json ? JSON.stringify({ worker, order, state, isSo }) : `${worker}: ${said}`);
  return isSo ? 0 : 1;
}

/** What workers say of themselves. */
class Workers {
  readonly #tail: TopicTail;
  readonly #states = new Map<string, string>();

  constructor(reader: TopicReader, topic: string) {
    this.#tail = new TopicTail(reader, [{ topic, from: 'latest' }]);
  }

  /** Throws ConfigError that names the workers there are. */
  async checkName(worker: string): Promise<void> {
    await this.#poll();
    if (this.#states.has(worker)) return;
    const names = [...this.#states].flatMap(([name, state]) => (state === 'stopped' ? [] : [name]));
    const known = names.length === 0 ? 'none has said anything' : `there are: ${names.join(', ')}`;
    throw new ConfigError(`no worker is called ${worker}; ${known}`);
  }

  /** Its last state, as soon as it is one of those wanted. */
  async until(worker: string, wanted: readonly string[], timeoutMs: number): Promise<string | undefined> {
    const giveUpAt = performance.now() + timeoutMs;
    while (!wanted.includes(this.#states.get(worker) ?? '') && performance.now() < giveUpAt) {
      await sleep(pollMs);
      await this.#poll();
    }
    return this.#states.get(worker);
  }

  async #poll(): Promise<void> {
    await this.#tail.poll(({ value }) => {
      const { kind, worker, state } = fieldsOf(value);
      if (kind === 'worker') this.#states.set(String(worker), String(state));
    });
  }
}
