import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { asTyped } from '../../lab/as-typed.ts';
import { cloneFolder } from '../../lab/cache.ts';
import { memberVariable } from '../../lab/guardian.ts';
import { kafkaJava } from '../../lab/kafka-java.ts';
import type { Lab } from '../../lab/lab.ts';
import { RunningCommand } from './running-command.ts';

/** Kafka's own scripts are one line around these classes; the lab has the classes. */
const kafkaScripts = { 'kafka-topics.sh': 'TopicCommand', 'kafka-acls.sh': 'AclCommand' };
/** What runs until it is told to stop. */
const dashboard = /(^|\/)kafka-render-dashboard /;
const staying = /&$|^(bin\/)?kafka-render(-dashboard)? |^npm run lab\b/;

/**
 * Where the commands of a page are typed: a folder like a clone, with a Kafka, a storage and a scene. Credentials and schemas lie
 * in it, and beside it, where they are looked for when nobody names them.
 */
export class Stage implements AsyncDisposable {
  readonly #folder: string;
  readonly #lab: Lab;
  readonly #running: RunningCommand[] = [];
  readonly #staying = new Set<RunningCommand>();

  private constructor(folder: string, lab: Lab) {
    this.#folder = folder;
    this.#lab = lab;
  }

  /** @param scene is `my.blend` in it */
  static async open(lab: Lab, scene: string): Promise<Stage> {
    const around = await mkdtemp(path.join(tmpdir(), 'as-typed-'));
    const folder = path.join(around, 'clone');
    await makeClone(folder, await readdir(cloneFolder));
    await makePrograms(path.join(folder, 'programs'), await readdir(path.join(cloneFolder, 'bin')));
    await mkdir(path.join(around, 'credentials'));
    await symlink(path.join(cloneFolder, 'packages/kafka-render/schemas'), path.join(around, 'json_schemas'));
    for (const place of [folder, path.join(around, 'credentials')]) {
      await copyFile(lab.minio.credentialsFile, path.join(place, 'minio_credentials.json'));
    }
    await copyFile(scene, path.join(folder, 'my.blend'));
    return new Stage(folder, lab);
  }

  /** Runs a command to its end, or, where it stays, until it says something. */
  async type(command: string): Promise<RunningCommand> {
    if (dashboard.test(command)) await this.#stopDashboards();
    const env = {
      PATH: `${path.join(this.#folder, 'programs')}:${process.env['PATH']}`,
      // Whatever becomes of this process, what it has started ends with the lab.
      [memberVariable]: this.#lab.folder,
    };
    const running = new RunningCommand(this.#here(command).replace(/&$/, ''), { cwd: this.#folder, env });
    this.#running.push(running);
    if (staying.test(command)) {
      await running.prints(/./);
      this.#staying.add(running);
    } else await running.succeeds();
    return running;
  }

  /** Each page has its own, at the same port. */
  async #stopDashboards(): Promise<void> {
    for (const running of [...this.#staying].filter(({ command }) => dashboard.test(command))) {
      this.#staying.delete(running);
      await running.stop();
    }
  }

  /** Throws when one of those that stay has ended by itself. */
  assertAllStay(): void {
    for (const running of this.#staying) {
      if (running.hasEnded()) throw new Error(`it has ended\n${running.describe()}`);
    }
  }

  /** What was typed and is still running, the latest one first. */
  find(start: string): RunningCommand {
    const found = this.#running.findLast(({ command }) => command.startsWith(start));
    if (!found) throw new Error(`nobody has typed ${start}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    await rm(path.dirname(this.#folder), { recursive: true, force: true });
  }

  /** The command with the hosts and files that this machine has in place of the page's. */
  #here(command: string): string {
    const brokers = this.#lab.kafka.bootstrapServers.join(' ');
    return command
      .replace(/\bbroker1?:9092( broker2:9092)?|127\.0\.0\.1:9092|\bBROKER\b/g, brokers)
      .replaceAll('https://storage:9000', this.#lab.minio.url)
      .replaceAll('/opt/blender/blender', 'blender')
      .replaceAll('/path/to/my.blend', path.join(this.#folder, 'my.blend'));
  }
}

/** All that a clone holds, but for what comes of it. */
async function makeClone(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const name of names.filter((each) => each !== 'out' && each !== '.git')) {
    await symlink(path.join(cloneFolder, name), path.join(folder, name));
  }
}

/** What is installed where commands are named without a folder: Kafka's scripts, and those of the packages. */
async function makePrograms(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const name of names.filter((each) => each.startsWith('kafka-'))) {
    await symlink(path.join(cloneFolder, 'bin', name), path.join(folder, name));
  }
  for (const [name, tool] of Object.entries(kafkaScripts)) {
    const line = asTyped([...kafkaJava(), `org.apache.kafka.tools.${tool}`]);
    await writeFile(path.join(folder, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  }
}
