import { once } from 'node:events';
import { FailedError, UnavailableError } from '../errors.ts';
import type { CommandOutput } from './command-output.ts';
import type { CommandPause } from './command-pause.ts';
import type { Guardian } from './guardian.ts';
import { LineSplitter } from './lines.ts';
import { killMarked, markVariable, signalGroup } from './process-tree.ts';
import type { Spawner, StartedCommand } from './spawner.ts';

/** A program and its arguments; never goes through a shell. */
export type Command = readonly string[];

export interface CommandContext {
  /** The folder the command runs in. */
  readonly cwd: string;
  /** What it sees of the worker's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `TMPDIR` of the command: what it leaves there when it is killed goes with the job. */
  readonly temporaryFolder: string;
  /** Aborted: the whole process tree is ended, and the signal's reason is thrown. */
  readonly signal: AbortSignal;
  /** Aborted: what is being ended gets no more than `hurriedGraceMs` from now on. */
  readonly hurry?: AbortSignal;
  /** Marks the process tree; unique for each run (see `process-tree.ts`). */
  readonly mark: string;
  /** Starts it. */
  readonly spawner: Pick<Spawner, 'start'>;
  /** Ends the process group when the worker dies. */
  readonly guardian: Pick<Guardian, 'watch'>;
  /** Lets the process group stand still and go on. */
  readonly pause?: Pick<CommandPause, 'watch'>;
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  /** Gets what the command prints. */
  readonly output: CommandOutput;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How a command ended by itself. */
export interface CommandResult {
  readonly exitCode: number | null;
  /** The signal that ended it, when one did. */
  readonly signal: NodeJS.Signals | null;
  readonly elapsedSeconds: number;
}

/** Between SIGTERM and SIGKILL for a command that has to hurry. */
const hurriedGraceMs = 1_000;

/** Something that escaped from the process tree may hold the outputs open for this long after the command's end. */
const outputGraceMs = 200;

/**
 * Runs a command without a shell, in a process group of its own, and ends its whole process tree: at its own end,
 * when the signal is aborted, and (through the guardian) when the worker dies. Throws FailedError
 * `command-not-started`, or the reason of the signal.
 */
export async function runCommand(argv: Command, context: CommandContext): Promise<CommandResult> {
  context.signal.throwIfAborted();
  const startedMs = performance.now();
  const child = await start(argv, context);
  const outputEnd = readOutput(child, context);
  // Waited for at the end; a socket may fail before.
  outputEnd.catch(() => undefined);
  using _watched = context.guardian.watch(child.pid);
  using _pausable = context.pause?.watch(child.pid);
  using _ending = endWhenAborted(child, context);
  const result = await endOf(child, context, startedMs);
  await withinOutputGrace(outputEnd, child);
  context.signal.throwIfAborted();
  return result;
}

/** Waits for the command's end, and ends the rest of its process tree. */
async function endOf(
  { ended, pid }: StartedCommand,
  { mark }: CommandContext,
  startedMs: number,
): Promise<CommandResult> {
  try {
    const { exitCode, signal } = await ended;
    return { exitCode, signal, elapsedSeconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    signalGroup(pid, 'SIGKILL');
    await killMarked(mark, { pid, startedMs });
  }
}

async function start(argv: Command, context: CommandContext): Promise<StartedCommand> {
  const [program, ...args] = argv;
  if (program === undefined) throw new FailedError('command-not-started', 'the command is an empty list of arguments');
  try {
    const env = { ...context.environment, TMPDIR: context.temporaryFolder, [markVariable]: context.mark };
    return await context.spawner.start([program, ...args], { cwd: context.cwd, env });
  } catch (cause) {
    // It may have been started, and nobody has heard of it.
    if (cause instanceof UnavailableError) await killMarked(context.mark);
    throw startError(program, cause);
  }
}

const exhausted: ReadonlySet<unknown> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

function startError(program: string, cause: unknown): FailedError | UnavailableError {
  if (cause instanceof UnavailableError) return cause;
  const message = `cannot start ${JSON.stringify(program)}: ${cause instanceof Error ? cause.message : String(cause)}`;
  const isExhausted = cause instanceof Error && 'code' in cause && exhausted.has(cause.code);
  return isExhausted
    ? new UnavailableError('machine-exhausted', message, { cause })
    : new FailedError('command-not-started', message, { cause });
}

/** Reads both outputs to their end, whether or not anybody wants them: a full pipe would stop the command. */
async function readOutput(child: StartedCommand, { output, onLine }: CommandContext): Promise<void> {
  child.stdout.on('data', (chunk: Buffer) => output.addText(chunk));
  await Promise.all(
    (['stdout', 'stderr'] as const).map(async (name) => {
      const splitter = new LineSplitter((line) => {
        output.addLine(line);
        onLine(line, name);
      });
      child[name].on('data', (chunk: Buffer) => splitter.push(chunk));
      child[name].resume();
      // One that said nothing may have been closed before anybody looked.
      if (!child[name].closed) await once(child[name], 'close');
      splitter.end();
    }),
  );
}

async function withinOutputGrace(outputEnd: Promise<void>, child: StartedCommand): Promise<void> {
  const letGo = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  // What the command itself wrote is in the sockets: the turn of the event loop that reads them comes first.
  const timer = setTimeout(() => setImmediate(letGo), outputGraceMs);
  await outputEnd;
  clearTimeout(timer);
}

/**
 * On abort: SIGTERM to the group, SIGKILL after the grace period. It is enough that the command itself goes then: its
 * end takes the rest of the tree along.
 */
function endWhenAborted({ pid }: StartedCommand, { signal, hurry, graceMs }: CommandContext): Disposable {
  let timer: NodeJS.Timeout | undefined;
  let hurriedTimer: NodeJS.Timeout | undefined;
  const kill = (): void => signalGroup(pid, 'SIGKILL');
  const end = (): void => {
    signalGroup(pid, 'SIGTERM');
    // One that stands still would not hear of it.
    signalGroup(pid, 'SIGCONT');
    timer = setTimeout(kill, graceMs);
  };
  // It may be in its grace period for another reason.
  const hurryUp = (): void => {
    hurriedTimer = setTimeout(kill, hurriedGraceMs);
  };
  signal.addEventListener('abort', end, { once: true });
  hurry?.addEventListener('abort', hurryUp, { once: true });
  if (signal.aborted) end();
  if (hurry?.aborted) hurryUp();
  return {
    [Symbol.dispose](): void {
      clearTimeout(timer);
      clearTimeout(hurriedTimer);
      signal.removeEventListener('abort', end);
      hurry?.removeEventListener('abort', hurryUp);
    },
  };
}
