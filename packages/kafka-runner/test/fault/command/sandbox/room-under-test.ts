import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Sandbox } from '../../../../src/command/sandbox/sandbox.ts';
import type { Command, CommandResult } from '../../../../src/command/run-command.ts';
import { JobRoom } from '../../../../src/job-room.ts';
import type { Job } from '../../../../src/job.ts';
import { parseRunnerOptions, type KafkaRunnerOptions } from '../../../../src/options.ts';
import { aRecord } from '../../../unit/a-record.ts';
import { jobUnderTest } from '../../../unit/job-under-test.ts';
import { recordingLogger } from '../../../unit/recording-logger.ts';
import { fixture, newMark } from '../command-under-test.ts';

export const secret = 'a-key-that-nobody-may-see';

/** What a command printed and how it ended. */
export type Ran = CommandResult & { readonly printed: string };

/**
 * A room whose commands run in a sandbox. In `folder` lie credentials within what programs read (`program`), inputs of jobs
 * (`inputs`), and what is nobody's business (`other`).
 */
export class RoomUnderTest {
  readonly folder: string;
  readonly #room: JobRoom;
  #jobs = 0;

  private constructor(folder: string, room: JobRoom) {
    this.folder = folder;
    this.#room = room;
  }

  static async open(t: TestContext, different: Partial<KafkaRunnerOptions> = {}): Promise<RoomUnderTest> {
    // Not below the temporary folder: nothing there would be seen anyhow.
    const folder = await mkdtemp(path.join(process.env['HOME'] ?? tmpdir(), '.sandbox-test-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    for (const name of ['program', 'inputs', 'other']) mkdirSync(path.join(folder, name));
    for (const name of ['program/credentials.json', 'program/data', 'other/file'])
      writeFileSync(path.join(folder, name), name.endsWith('json') ? secret : 'content');
    const settings = parseRunnerOptions({
      ...{ inTopic: 'jobs', bootstrapServers: ['none:1'], jobsFolder: path.join(folder, 'jobs') },
      sandbox: {
        mode: 'require',
        readable: [path.join(folder, 'program'), path.dirname(fixture('resident-shell.py'))],
        hidden: [path.join(folder, 'program/credentials.json')],
        inputsFolder: path.join(folder, 'inputs'),
      },
      ...different,
    });
    const { logger } = recordingLogger();
    const sandbox = await Sandbox.open(settings, logger);
    const room = await JobRoom.prepare(settings, newMark(), logger, sandbox);
    t.after(async () => {
      await room[Symbol.asyncDispose]();
      await sandbox?.[Symbol.asyncDispose]();
    });
    return new RoomUnderTest(folder, room);
  }

  /** A job of its own; it is over with the test. */
  async job(t: TestContext, signal?: AbortSignal): Promise<Job> {
    this.#jobs += 1;
    const { delivery } = jobUnderTest({});
    const job = await this.#room.open({
      ...delivery,
      record: aRecord({ offset: this.#jobs }),
      ...(signal && { signal }),
    });
    t.after(() => job.resources.disposeAsync());
    return job;
  }

  /** Runs a command, as that of a job of its own if none is given. */
  async run(t: TestContext, command: Command, job?: Job): Promise<Ran> {
    const own = job ?? (await this.job(t));
    const result = await this.#room.run(command, own, { number: 0, [Symbol.dispose]: () => undefined });
    return { ...result, printed: own.output.tail().join('\n') };
  }

  async sh(t: TestContext, script: string, job?: Job): Promise<Ran> {
    return await this.run(t, ['/bin/sh', '-c', script], job);
  }

  /** Python, which is also what `resident-shell.py` takes. */
  async python(t: TestContext, code: string, job?: Job): Promise<Ran> {
    return await this.run(t, ['python3', '-c', code], job);
  }
}
