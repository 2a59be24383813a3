import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { asTyped } from '../../lab/as-typed.ts';
import { cloneFolder } from '../../lab/cache.ts';
import { kafkaJava } from '../../lab/kafka-java.ts';
import type { Lab } from '../../lab/lab.ts';
import { RunningCommand } from './running-command.ts';

/** Kafka's own scripts are one line around these classes; the lab has the classes. */
const kafkaScripts = { 'kafka-topics.sh': 'TopicCommand', 'kafka-acls.sh': 'AclCommand' };
/** What runs until it is told to stop. */
const staying = /&$|^bin\/kafka-render |^npm run lab\b/;

/** Where the commands of a page are typed: a folder like a clone, with a Kafka, a storage and a scene. */
export class Stage implements AsyncDisposable {
  readonly #folder: string;
  readonly #lab: Lab;
  readonly #running: RunningCommand[] = [];

  private constructor(folder: string, lab: Lab) {
    this.#folder = folder;
    this.#lab = lab;
  }

  /** @param scene is `my.blend` in it */
  static async open(lab: Lab, scene: string): Promise<Stage> {
    const folder = await mkdtemp(path.join(tmpdir(), 'as-typed-'));
    const stage = new Stage(folder, lab);
    for (const name of await readdir(cloneFolder)) {
      if (name !== 'out' && name !== '.git') await symlink(path.join(cloneFolder, name), path.join(folder, name));
    }
    await copyFile(scene, path.join(folder, 'my.blend'));
    await copyFile(lab.minio.credentialsFile, path.join(folder, 'minio_credentials.json'));
    await mkdir(path.join(folder, 'scripts'));
    for (const [name, tool] of Object.entries(kafkaScripts)) {
      const line = asTyped([...kafkaJava(), `org.apache.kafka.tools.${tool}`]);
      await writeFile(path.join(folder, 'scripts', name), `#!/bin/sh\nexec ${line} "$@"\n`);
      await chmod(path.join(folder, 'scripts', name), 0o755);
    }
    return stage;
  }

  /** Runs a command to its end, or, where it stays, until it says something. */
  async type(command: string): Promise<RunningCommand> {
    const env = { PATH: `${path.join(this.#folder, 'scripts')}:${process.env['PATH']}` };
    const running = new RunningCommand(this.#here(command).replace(/&$/, ''), { cwd: this.#folder, env });
    this.#running.push(running);
    if (staying.test(command)) await running.prints(/./);
    else await running.succeeds();
    return running;
  }

  /** What was typed and is still running, the latest one first. */
  find(start: string): RunningCommand {
    const found = this.#running.findLast(({ command }) => command.startsWith(start));
    if (!found) throw new Error(`nobody has typed ${start}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The command with the hosts and files that this machine has in place of the page's. */
  #here(command: string): string {
    const brokers = this.#lab.kafka.bootstrapServers.join(' ');
    return command
      .replace(/broker1:9092( broker2:9092)?|127\.0\.0\.1:9092|\bBROKER\b/g, brokers)
      .replaceAll('https://storage:9000', this.#lab.minio.url)
      .replaceAll('/opt/blender/blender', 'blender')
      .replaceAll('/path/to/my.blend', path.join(this.#folder, 'my.blend'));
  }
}
