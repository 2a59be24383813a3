import { ConfluentConsumer } from './broker/confluent-consumer.ts';
import { AcknowledgedCommitter } from './broker/acknowledged-committer.ts';
import { ConfluentProducer } from './broker/confluent-producer.ts';
import type { Committer } from './broker/port.ts';
import type { Registry } from 'prom-client';
import { TransactionalCommitter } from './broker/transactional-committer.ts';
import { ResidentEvents } from './command/resident/resident-events.ts';
import type { Command, CommandResult } from './command/run-command.ts';
import { Sandbox } from './command/sandbox/sandbox.ts';
import { Control } from './control/control.ts';
import { ControlTopic } from './control/control-topic.ts';
import { FailedError, InterruptedError } from './errors.ts';
import type { MaybePromise } from './job-flow.ts';
import { JobEvents } from './job-events.ts';
import type { PhaseNames } from './job-phases.ts';
import type { Job } from './job.ts';
import { isJsonObject, stringifyJson, type JsonObject } from './json.ts';
import { ErrorTopicStream } from './logging/error-topic-stream.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import type { Message } from './message.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import type { RunnerMetrics } from './metrics/runner-metrics.ts';
import { WorkerHealth } from './metrics/worker-health.ts';
import { parseRunnerOptions, type KafkaRunnerOptions, type RunnerSettings } from './options.ts';
import { Settlements } from './offsets/settlements.ts';
import type { StateNames } from './progress/job-progress.ts';
import { ProgressTopic } from './progress/progress-topic.ts';
import { RestartError } from './restart-error.ts';
import { isTriedAgain } from './retry-policy.ts';
import { onShutdownSignals } from './shutdown-signals.ts';
import { StallWatchdog } from './stall-watchdog.ts';
import { untilAvailable } from './until-available.ts';
import { Worker } from './worker.ts';
import { workerIdentity, type WorkerIdentity } from './worker-identity.ts';

type Connect = (client: { connect(): Promise<void> }) => Promise<void>;

const once: Connect = (client) => client.connect();

/**
 * Listens to a topic, turns each message into a command line, runs it, and sends a response to another topic.
 * Derive from it and override `msgToCommand`, and `makeResponse` when a response is wanted. Used directly it echoes
 * messages and sends nothing.
 *
 * `Value` is what the author expects a message's value to be. Nothing checks it but the author (`SchemaSet` helps):
 * throw RejectedError for what is wrong.
 */
export class KafkaRunner<Value = unknown> {
  readonly settings: RunnerSettings;
  readonly logger: Logger;
  /** What happens to this runner's jobs, for whoever tells about it. */
  readonly jobEvents = new JobEvents();
  /** What the phases of a job are called in the headers `seconds-PHASE`. */
  readonly phaseNames: PhaseNames = { prepared: 'prepared', ran: 'ran', answered: 'answered' };
  /** What the states of a job are called in events of the progress topic. */
  readonly stateNames: StateNames = { prepared: 'prepared', running: 'running', answering: 'answering' };
  readonly #name: string;
  readonly #identity: WorkerIdentity = workerIdentity();
  readonly #startedAt = new Date();
  readonly #errorStream: ErrorTopicStream;
  readonly #control: Control;
  #progressTopic: ProgressTopic | undefined;
  #controlTopic: ControlTopic | undefined;
  readonly #residentEvents = new ResidentEvents();
  readonly #watchdog = new StallWatchdog();
  readonly #health: WorkerHealth;
  #restarts = 0;
  #metrics: RunnerMetrics | undefined;
  #sandbox: Sandbox | undefined;
  readonly #stopping = Promise.withResolvers<string>();
  /** Partitions whose topic was made anew under us: the group's positions are those of the former one. */
  readonly #madeAnew = new Set<string>();

  /** Throws ConfigError that names all faults at once. */
  constructor(options: KafkaRunnerOptions) {
    this.settings = parseRunnerOptions(options);
    this.#name = this.settings.name ?? new.target.name;
    const { stallTimeoutMs } = this.settings;
    this.#health = new WorkerHealth({
      isStalled: () => this.#watchdog.isStalled,
      isPaused: () => this.#control.taking === 'paused',
      maxSilentMs: stallTimeoutMs,
    });
    this.#errorStream = new ErrorTopicStream(this.settings.errorTopic);
    this.logger = createLogger({
      runner: this.#name,
      level: this.settings.logLevel,
      errorStream: this.#errorStream,
    });
    this.#control = new Control({ name: this.#identity.name, startedAt: this.#startedAt, logger: this.logger });
  }

  /**
   * What to run for a message: a program and its arguments, never through a shell. An empty list: there is nothing
   * left to run, `checkResult` is left out and `makeResponse` is asked, with 0 seconds. Undefined: the message is
   * ignored. Throw a JobError to end the job early.
   */
  msgToCommand(message: Message<Value>, _job: Job): MaybePromise<Command | undefined> {
    const { value } = message;
    return ['echo', typeof value === 'string' ? value : stringifyJson(value)];
  }

  /**
   * What to answer when the command has succeeded, sent as JSON. Undefined: nothing is sent.
   * @param _elapsedSeconds how long the command ran
   */
  makeResponse(_message: Message<Value>, _elapsedSeconds: number, _job: Job): MaybePromise<JsonObject | undefined> {
    return undefined;
  }

  /**
   * Throws when the command did not succeed. By default: when it did not exit with 0. May return another command, which is
   * run in its turn and checked likewise, as when the first one has told what it needs.
   */
  checkResult(result: CommandResult, job: Job): MaybePromise<Command | undefined | void> {
    if (result.exitCode === 0) return;
    const how = result.signal ? `was ended by ${result.signal}` : `exited with ${result.exitCode}`;
    const lines = job.output.tail().slice(-5).join('\n');
    throw new FailedError('command-failed', `the command ${how}${lines ? `; its last lines:\n${lines}` : ''}`);
  }

  /** Whether a failed attempt may succeed the next time. By default: unless it would only repeat (`docs/failures.md`). */
  isTriedAgain(error: FailedError): boolean {
    return isTriedAgain(error);
  }

  /**
   * Whether a failure is the machine's fault and not the job's: then the job is kept, as with UnavailableError
   * `machine-exhausted`, and after `maxMachineFaults` in a row the worker stops. A job whose command was run, and failed so
   * once more, has used up an attempt: it may be what the machine fails over. By default: never.
   */
  isMachineFault(_error: FailedError): boolean {
    return false;
  }

  /** What of a message stands in log lines (`jobId`) and error records (all of it). */
  describe(message: Message): JsonObject {
    return isJsonObject(message.value) && 'jobId' in message.value ? { jobId: message.value['jobId'] } : {};
  }

  /** Called once, when `metrics` are asked for: what a runner counts of its own. By default: nothing. */
  registerMetrics(_registry: Registry): MaybePromise<void> {}

  /**
   * Takes jobs until SIGINT, SIGTERM or `stop`; a second signal ends the process at once. Throws UnavailableError
   * when no broker answers at the start, ConfigError when a sandbox is required that does not work, or metrics cannot be served.
   */
  async startListening(): Promise<void> {
    using _signals = onShutdownSignals((signal) => this.stop(signal));
    await using _server = await this.#serveMetrics();
    await using sandbox = await Sandbox.open(this.settings, this.logger);
    this.#sandbox = sandbox;
    await using topics = new AsyncDisposableStack();
    const { progressTopic, controlTopic } = this.settings;
    this.#progressTopic = progressTopic === undefined ? undefined : topics.use(this.#openProgress(progressTopic));
    this.#controlTopic = controlTopic === undefined ? undefined : topics.use(this.#openControl(controlTopic));
    // At the start an address may be wrong; later, a broker that does not answer will be back.
    for (let connect = once; await this.#listen(connect); connect = this.#untilConnected) this.#restarts += 1;
    this.logger.info({ droppedLogLines: this.#errorStream.dropped, stalls: this.#watchdog.stalls }, 'stopped');
  }

  /** Ends `startListening` in good order: running jobs may finish within `shutdownTimeoutMs`, then they are handed back. */
  stop(reason = 'stop'): void {
    this.#health.enter('draining');
    this.#stopping.resolve(reason);
  }

  /** Whoever asks for none does not even load what counts. */
  async #serveMetrics(): Promise<MetricsServer | undefined> {
    const { metrics, inTopic, groupId = '' } = this.settings;
    if (metrics === undefined) return undefined;
    const { RunnerMetrics: Metrics } = await import('./metrics/runner-metrics.ts');
    this.#metrics = new Metrics({
      about: { runner: this.#name, worker: this.#identity.name, topic: inTopic, group: groupId },
      jobs: this.jobEvents,
      residents: this.#residentEvents,
      health: this.#health,
      counts: () => ({
        restarts: this.#restarts,
        stalls: this.#watchdog.stalls,
        droppedLogLines: this.#errorStream.dropped,
      }),
    });
    await this.registerMetrics(this.#metrics.registry);
    return await MetricsServer.open({ ...metrics, pages: this.#metrics.pages, logger: this.logger });
  }

  /** Returns whether the worker wants to start anew. */
  async #listen(connect: Connect): Promise<boolean> {
    this.#health.enter('connecting');
    await using producer = this.#producer();
    await using resources = new AsyncDisposableStack();
    const consumer = this.#consumer();
    const { groupId, delivery } = this.settings;
    const isTransactional = groupId !== undefined && delivery === 'exactly-once';
    const transactions = isTransactional ? resources.use(this.#transactions(consumer)) : undefined;
    // Disposed of before the transactions: its last words go through them.
    resources.use(consumer);
    const clients = [producer, consumer, transactions].filter((client) => client !== undefined);
    const connected = Promise.all(clients.map((client) => connect(client))).then(() => true);
    // Whoever stops us while no broker answers need not wait until we give up.
    if (!(await Promise.race([connected, this.#stopping.promise.then(() => false)]))) return false;
    this.#errorStream.open((record) => producer.send(record));
    // No job begins before its cancellation could be known.
    await Promise.race([this.#controlTopic?.untilKnown(), this.#stopping.promise]);
    return await this.#work(consumer, transactions ?? new AcknowledgedCommitter(producer, consumer));
  }

  readonly #untilConnected: Connect = async (client) => {
    const stopped = new AbortController();
    void this.#stopping.promise.then((reason) => stopped.abort(new InterruptedError('shutdown', reason)));
    await untilAvailable(() => client.connect(), stopped.signal, this.logger);
  };

  async #work(consumer: ConfluentConsumer, committer: Committer): Promise<boolean> {
    const worker = new Worker({
      settings: this.settings,
      author: this,
      consumer,
      settlements: new Settlements(this.#metrics?.timed(committer) ?? committer, this.logger),
      watchdog: this.#watchdog,
      events: this.jobEvents,
      control: this.#control,
      onStatus: () => this.#progressTopic?.statusChanged(),
      residentEvents: this.#residentEvents,
      health: this.#health,
      identity: this.#identity,
      runner: this.#name,
      sandbox: this.#sandbox,
      logger: this.logger,
    });
    this.#progressTopic?.watch({ status: () => worker.status(), ends: () => consumer.ends() });
    this.#health.enter('joining');
    this.#health.watch(() => consumer.silentMs);
    this.#metrics?.watch({ status: () => worker.status(), ends: () => consumer.ends() });
    void this.#stopping.promise.then((reason) => worker.stop(reason));
    const { inTopic, outTopic, groupId, delivery } = this.settings;
    this.logger.info({ inTopic, outTopic, groupId, delivery, worker: this.#identity.name }, 'listening');
    try {
      await worker.run();
      return false;
    } catch (error) {
      if (error instanceof RestartError) return this.#control.taking !== 'draining';
      this.logger.error({ err: error }, 'the worker has failed and stops');
      throw error;
    }
  }

  /** The id decides how soon a dead worker's open transaction is ended: at once when its successor has the same. */
  #transactions(consumer: ConfluentConsumer): TransactionalCommitter {
    const { groupId, instanceId, transactionTimeoutMs } = this.settings;
    const { name, id } = this.#identity;
    return new TransactionalCommitter(
      {
        client: this.settings,
        clientId: name,
        transactionalId: `${groupId}-${instanceId ?? id}`,
        transactionTimeoutMs,
        logger: this.logger,
      },
      consumer,
    );
  }

  #openProgress(topic: string): ProgressTopic {
    return new ProgressTopic({
      ...{ topic, settings: this.settings, logger: this.logger },
      ...{ worker: this.#identity.name, runner: this.#name, startedAt: this.#startedAt, control: this.#control },
      ...{ events: this.jobEvents, phaseNames: this.phaseNames, stateNames: this.stateNames },
    });
  }

  #openControl(topic: string): ControlTopic {
    const { control, clientId } = { control: this.#control, clientId: this.#identity.name };
    const { sessionTimeoutMs, groupId: nominalGroupId } = this.settings;
    const about = { topic, control, client: this.settings, clientId, nominalGroupId };
    return new ControlTopic({ ...about, sessionTimeoutMs, logger: this.logger });
  }

  #producer(): ConfluentProducer {
    return new ConfluentProducer({ client: this.settings, clientId: this.#identity.name, logger: this.logger });
  }

  #consumer(): ConfluentConsumer {
    const { inTopic, groupId, instanceId, leaveOnStop, sessionTimeoutMs, maxPollIntervalMs } = this.settings;
    return new ConfluentConsumer({
      client: this.settings,
      clientId: this.#identity.name,
      topic: inTopic,
      groupId,
      instanceId,
      leave: () => leaveOnStop || this.#control.taking === 'draining',
      sessionTimeoutMs,
      maxPollIntervalMs,
      madeAnew: this.#madeAnew,
      logger: this.logger,
    });
  }
}
