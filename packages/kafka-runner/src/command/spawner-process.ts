// The process in which `Spawner` starts commands. It has nothing of the worker's size, so that a fork is quick; it only
// starts, and tells of ends. Without its worker it ends what it started.
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import net from 'node:net';
import { dirname } from 'node:path';
import { signalGroup } from './process-tree.ts';

/** What the worker asks for. */
export interface StartRequest {
  readonly id: number;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What the worker is told: the command runs, it could not be started, or it has ended. */
export type SpawnerAnswer =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number; readonly outputs: readonly [number, number] }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string; readonly code: string | undefined }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
    };

/** A connection to the worker that becomes an output of a command; the worker knows it by its number. */
interface Outlet {
  readonly number: number;
  readonly socket: net.Socket;
}

/** Made ahead, for this many commands at once. */
const spareOutlets = 4;

/** A number takes this many bytes on a new connection, before the command's own output. */
export const outletNumberLength = 8;

const spare: Promise<Outlet>[] = [];
const running = new Set<number>();
let connected = 0;

function connectOutlet(path: string): Promise<Outlet> {
  connected += 1;
  const number = connected;
  return new Promise((resolve, reject) => {
    const socket = net.connect(path).once('error', reject);
    socket.write(String(number).padStart(outletNumberLength), () => resolve({ number, socket }));
  });
}

async function takeOutlet(path: string): Promise<Outlet> {
  spare.push(connectOutlet(path));
  return await (spare.shift() as Promise<Outlet>);
}

async function start(request: StartRequest, path: string): Promise<void> {
  const outlets = [await takeOutlet(path), await takeOutlet(path)] as const;
  try {
    const child = spawnCommand(request, outlets);
    child.once('error', (error) => refuse(request, error));
    child.once('spawn', () => tellOf(request.id, child, outlets));
  } catch (error) {
    refuse(request, error);
  } finally {
    // The command has them now; they are closed when it and its children have let go.
    for (const { socket } of outlets) socket.destroy();
  }
}

function spawnCommand(
  { argv: [program, ...args], cwd, env }: StartRequest,
  [out, err]: readonly [Outlet, Outlet],
): ChildProcess {
  return spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', out.socket, err.socket] });
}

function tellOf(id: number, child: ChildProcess, [out, err]: readonly [Outlet, Outlet]): void {
  const pid = child.pid as number;
  running.add(pid);
  tell({ kind: 'started', id, pid, outputs: [out.number, err.number] });
  child.once('exit', (exitCode, signal) => {
    running.delete(pid);
    tell({ kind: 'ended', id, exitCode, signal });
  });
}

function refuse({ id }: StartRequest, error: unknown): void {
  const { message, code } = error as NodeJS.ErrnoException;
  tell({ kind: 'refused', id, message, code });
}

function tell(answer: SpawnerAnswer): void {
  if (process.connected) process.send?.(answer);
}

/** The worker is gone, and its folder of sockets goes too. What it asked for last may have been started after its guardian looked. */
function end(path: string): void {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
  rmSync(dirname(path), { recursive: true, force: true });
  process.exit();
}

if (process.send) {
  const [, , path = ''] = process.argv;
  // Ctrl-C and a service manager's SIGTERM are for the worker, which needs this process until its commands are over.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  for (let i = 0; i < spareOutlets; i += 1) spare.push(connectOutlet(path));
  process.on('message', (request: StartRequest) => void start(request, path));
  process.on('disconnect', () => end(path));
}
