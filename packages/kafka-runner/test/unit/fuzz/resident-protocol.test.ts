// Whatever a program writes to its pipe of answers, in whatever pieces: each line is a message of the protocol or nothing; and a
// command of a real program that floods this pipe ends with the program's own answer.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { CommandOutput } from '../../../src/command/command-output.ts';
import { LineSplitter } from '../../../src/command/lines.ts';
import { ResidentProgram } from '../../../src/command/resident/resident-program.ts';
import { parseFromProgram } from '../../../src/command/resident/resident-protocol.ts';
import { recordingLogger } from '../recording-logger.ts';
import { anyJson, anyText, fuzz, fuzzSlowly } from './fuzz-runs.ts';

const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom('1', null, true));
const nearlyEnded = fc
  .record({ id: number, exitCode: number, reusable: fc.oneof(fc.boolean(), number) }, { requiredKeys: [] })
  .map((ended) => JSON.stringify({ ended }));
const line = fc.oneof(anyText, anyJson, nearlyEnded, fc.constantFrom('{"ready":{}}', '{"ready":1}', '{"ended":{}}'));

test('lines of the resident protocol', () => {
  fuzz(
    fc.property(fc.array(line, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (lines, size) => {
      const heard: unknown[] = [];
      const splitter = new LineSplitter((one) => heard.push(parseFromProgram(one)));
      const bytes = Buffer.from(lines.join('\n'));
      for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
      splitter.end();
      for (const message of heard.filter((each) => each !== undefined) as object[])
        assert.match(
          JSON.stringify(message),
          /^\{"ready":\{\}\}$|^\{"ended":\{"id":-?\d+,"exitCode":-?\d+,"reusable":(true|false)\}\}$/,
        );
    }),
  );
});

test('a program that says anything', { timeout: 3_600_000 }, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fuzz-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'answers');
  await using program = await residentShell(t, folder);
  let id = 0;
  await fuzzSlowly(
    fc.asyncProperty(fc.array(line, { maxLength: 50 }), async (lines) => {
      id += 1;
      // What names this very command is an answer; everything else is not.
      const others = lines.filter((each) => !each.includes(`"id":${id},`));
      await writeFile(file, `${others.join('\n')}\n`);
      const code = `os.write(4, open(${JSON.stringify(file)}, 'rb').read()); sys.exit(7)`;
      const context = { signal: AbortSignal.timeout(20_000), output: new CommandOutput(), onLine: () => undefined };
      const { exitCode, reusable } = await program.run(['python', '-c', code], context);
      assert.deepEqual([exitCode, reusable], [7, true]);
    }),
  );
});

async function residentShell(t: TestContext, folder: string): Promise<ResidentProgram> {
  const own = await mkdtemp(path.join(tmpdir(), 'fuzz-program-'));
  const program = new ResidentProgram(['python3', path.join(import.meta.dirname, '../../fixtures/resident-shell.py')], {
    environment: process.env,
    cwd: folder,
    folder: { work: own, tmp: own, [Symbol.asyncDispose]: () => rm(own, { recursive: true }) },
    mark: `fuzz-${process.pid}`,
    guardian: { watch: () => ({ [Symbol.dispose]: () => undefined }) },
    logger: recordingLogger().logger,
  });
  await program.ready;
  t.diagnostic('ready');
  return program;
}
