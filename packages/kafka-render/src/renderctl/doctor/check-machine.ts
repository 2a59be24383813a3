import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkSandbox } from 'kafka-runner';
import { z } from 'zod';
import { blenderSandbox } from '../../blender/blender-sandbox.ts';
import { probeBlender, type BlenderVersion } from '../../blender/blender-version.ts';
import { loadRenderSchemas } from '../../render-schemas.ts';
import { finding, ok, warning, wrong, type Finding } from './finding.ts';

const deviceScript = path.join(import.meta.dirname, '../../../blender/list_devices.py');
const devicesSchema = z.object({ gpus: z.record(z.string(), z.array(z.string())) });
const blenderTimeoutMs = 120_000;

export interface MachineOptions {
  readonly blender: string;
  readonly schemas: string;
  readonly credentials: string;
  readonly scenes: string;
  readonly tmpRenderOut: string;
  readonly minFreeBytes?: number | undefined;
  readonly sandbox: 'auto' | 'require' | 'off';
  readonly assetRoots: readonly string[];
}

/** What a worker needs of the machine that it runs on. */
export async function checkMachine(options: MachineOptions): Promise<readonly Finding[]> {
  return [
    ...(await finding('schemas', () => checkSchemas(options.schemas))),
    ...(await finding('blender', () => checkBlender(options))),
    ...(await checkDisk('disk of frames', options.tmpRenderOut, options.minFreeBytes)),
    ...(await checkDisk('disk of scenes', options.scenes, undefined)),
  ];
}

async function checkSchemas(folder: string): Promise<Finding> {
  const said: string[] = [];
  await loadRenderSchemas(folder, { warn: (_fields: object, message?: string) => void said.push(String(message)) });
  if (said.length === 0) return ok('schemas', path.resolve(folder));
  const advice = 'name the folder with --schemas, or copy the one of the package kafka-render there';
  return warning('schemas', said.join('; '), advice);
}

async function checkBlender(options: MachineOptions): Promise<readonly Finding[]> {
  const blender = await probeBlender(options.blender);
  const name = `${blender.executable}, ${blender.kind === 'module' ? 'module bpy' : 'Blender'} ${blender.version}`;
  return [
    ok('blender', name),
    ...(await finding('devices', () => checkDevices(blender))),
    ...(await finding('sandbox', () => checkSandboxOf(blender, options), 'or switch it off with --sandbox off')),
  ];
}

async function checkDevices({ executable, kind }: BlenderVersion): Promise<Finding> {
  const before = kind === 'module' ? [] : ['--background', '--factory-startup', '-noaudio', '-Y', '--python'];
  const { stdout } = await promisify(execFile)(executable, [...before, deviceScript], { timeout: blenderTimeoutMs });
  const line = stdout.split('\n').find((text) => text.startsWith('{"gpus"')) ?? '';
  const { gpus } = devicesSchema.parse(JSON.parse(line));
  const names = Object.entries(gpus).map(([backend, found]) => `${backend}: ${found.join(', ')}`);
  return ok(
    'devices',
    [`${availableParallelism()} processors`, ...(names.length > 0 ? names : ['no GPU for Cycles'])].join('; '),
  );
}

async function checkSandboxOf(blender: BlenderVersion, options: MachineOptions): Promise<Finding> {
  const { sandbox: mode, credentials, scenes, assetRoots, tmpRenderOut } = options;
  if (mode === 'off')
    return warning('sandbox', 'it is off: scenes see what the worker sees', 'let it be auto or require');
  const places = { credentials, scenes, stagedScenes: path.join(scenes, 'staged'), assetRoots };
  await checkSandbox(blenderSandbox('require', blender, places), tmpRenderOut);
  return ok('sandbox', 'Blender runs in bubblewrap');
}

/** As a worker does: 256 MiB, or a twentieth of a smaller disk. */
async function checkDisk(check: string, folder: string, minFreeBytes: number | undefined): Promise<readonly Finding[]> {
  const there = nearestFolder(path.resolve(folder));
  const { bavail, bsize, blocks } = await statfs(there);
  const least = minFreeBytes ?? Math.min(256 * 1_024 ** 2, (blocks * bsize) / 20);
  const found = `${((bavail * bsize) / 1_024 ** 3).toFixed(1)} GiB free at ${there}`;
  if (bavail * bsize < least) return [wrong(check, found, 'make room: no job is begun there')];
  return [ok(check, found)];
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}
