import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { CommandOutput } from '../../../../kafka-runner/src/command/command-output.ts';
import { ResidentPool } from '../../../../kafka-runner/src/command/resident/resident-pool.ts';
import { ResidentProgram } from '../../../../kafka-runner/src/command/resident/resident-program.ts';
import { recordingLogger } from '../../../../kafka-runner/test/unit/recording-logger.ts';
import { blenderArgv, type RenderRequest } from '../../../src/blender/blender-argv.ts';
import { readReport } from '../../../src/blender/render-report.ts';
import type { BlenderRun, Changes } from './run-blender.ts';
import { expected, testedBlender } from './tested-blender.ts';

/** A pool of one Blender, as a worker has it. */
export class ResidentBlender {
  readonly #pool: ResidentPool;
  #processes = 0;

  private constructor(argv: readonly string[], folder: string) {
    const { logger } = recordingLogger();
    this.#pool = new ResidentPool({
      ...{ size: 1, recycleAfter: 1_000, maxMemoryBytes: 4_000_000_000, logger },
      start: async () => {
        this.#processes += 1;
        const own = await mkdtemp(path.join(folder, 'program-'));
        return new ResidentProgram(argv, {
          environment: process.env,
          cwd: folder,
          folder: { work: own, tmp: own, [Symbol.asyncDispose]: () => rm(own, { recursive: true }) },
          mark: `${path.basename(folder)}/${this.#processes}`,
          guardian: { watch: () => ({ [Symbol.dispose]: () => undefined }) },
          logger: recordingLogger().logger,
        });
      },
    });
  }

  static async start(t: TestContext, argv: readonly string[]): Promise<ResidentBlender> {
    const folder = await mkdtemp(path.join(tmpdir(), 'resident-blender-'));
    const blender = new ResidentBlender(argv, folder);
    t.after(async () => {
      await blender.#pool[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });
    return blender;
  }

  /** How many processes were started, the spare one included. */
  get processes(): number {
    return this.#processes;
  }

  /** Runs the command line of a job, with its frames and its report in an empty folder. */
  async run(scenePath: string, changes: Changes, folder: string): Promise<BlenderRun> {
    const { before: _, startFrame = 1, numFrames = 1, ...asked } = changes;
    const outputFolder = path.join(folder, 'frames');
    await mkdir(outputFolder);
    const frames = [{ first: startFrame, last: startFrame + numFrames - 1 }];
    const request: RenderRequest = {
      ...{ scenePath, frames, reportPath: path.join(folder, 'report.jsonl') },
      ...asked,
      outputFolder,
    };
    const [output, lines] = [new CommandOutput(), [] as string[]];
    const context = {
      signal: AbortSignal.timeout(expected.runTimeoutMs),
      output,
      onLine: (line: string) => void lines.push(line),
    };
    const end = await this.#pool.run(blenderArgv(testedBlender, request), context);
    return { request, end, report: readReport(request.reportPath), log: lines.join('\n') };
  }
}
