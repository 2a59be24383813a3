import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { JobFolder } from '../../job-folders.ts';
import type { ProgramContext } from '../resident/resident-program.ts';
import type { Command } from '../run-command.ts';
import { ProgramView } from './program-view.ts';
import type { Sandbox } from './sandbox.ts';

/** How a resident program starts in a sandbox. */
type SandboxedProgram = Required<Pick<ProgramContext, 'environment' | 'view' | 'folder'>> & {
  readonly command: Command;
};

/** What a program is to have. */
interface ProgramPlace {
  /** Its own. */
  readonly folder: JobFolder;
  /** In which the jobs of this worker have theirs. */
  readonly jobsRoot: string;
  /** Variables beside the usual ones. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A resident program in a sandbox of its own, before it is started. */
export async function sandboxedProgram(
  sandbox: Sandbox,
  command: Command,
  { folder, jobsRoot, environment: variables }: ProgramPlace,
): Promise<SandboxedProgram> {
  await using resources = new AsyncDisposableStack();
  resources.use(folder);
  const inputs = await inputsStandIn(sandbox.inputsFolder, resources);
  const view = new ProgramView({ root: jobsRoot, folder: folder.work }, inputs, folder.tmp);
  const { argv, environment } = resources.use(sandbox.enclose(command, view.places, variables));
  const kept = resources.move();
  const all = { work: folder.work, tmp: '/tmp', [Symbol.asyncDispose]: () => kept.disposeAsync() };
  return { command: argv, environment, view, folder: all };
}

async function inputsStandIn(root: string | undefined, resources: AsyncDisposableStack) {
  if (root === undefined) return undefined;
  const folder = await mkdtemp(path.join(root, 'sandbox-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  return { root, folder };
}
