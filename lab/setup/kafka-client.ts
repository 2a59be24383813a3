import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { cacheFolder, cloneFolder } from '../cache.ts';
import { installFolder } from './install-folder.ts';
import { outputOf } from './output-of.ts';
import { run } from './run.ts';
import type { FoundPart, Part } from './part.ts';

const packageName = '@confluentinc/kafka-javascript';
const packageFolder = join(cloneFolder, 'node_modules', packageName);
const buildFolder = join(packageFolder, 'build');

/**
 * The native addon of the Kafka client. Its package downloads a prebuilt one or, where that is refused, builds it (about
 * a minute). What comes of it is kept in the cache, so that the next clone only copies.
 */
export const kafkaClient: Part = {
  name: 'Kafka client',
  find: load,
  announcement: `installing the addon of ${packageName} (a minute, when it has to be built)`,
  install: restoreOrBuild,
};

/** In a process of its own: a wrong addon may crash, and one that was loaded cannot be loaded anew. */
async function load(): Promise<FoundPart | undefined> {
  if (!existsSync(buildFolder)) return undefined;
  const script = `console.log(require(${JSON.stringify(packageFolder)}).librdkafkaVersion)`;
  const librdkafka = await outputOf(process.execPath, ['-e', script]);
  if (librdkafka === undefined) return undefined;
  if (!existsSync(keptFolder())) await installFolder(keptFolder(), keepWhatRuns);
  return { version: `${version()} (librdkafka ${librdkafka})`, path: buildFolder };
}

async function restoreOrBuild(): Promise<void> {
  if (existsSync(keptFolder())) {
    restore();
    if (await load()) return;
    rmSync(keptFolder(), { recursive: true });
  }
  await build();
}

function keptFolder(): string {
  const key = `${version()}-abi${process.versions.modules}-${process.platform}-${process.arch}`;
  return join(cacheFolder(), 'kafka-client', key);
}

function version(): string {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;
}

function restore(): void {
  const partial = `${buildFolder}.${process.pid}`;
  cpSync(keptFolder(), partial, { recursive: true, verbatimSymlinks: true });
  rmSync(buildFolder, { recursive: true, force: true });
  renameSync(partial, buildFolder);
}

async function build(): Promise<void> {
  const node = join(cloneFolder, 'node_modules/node/node_modules', `node-${process.platform}-${process.arch}`);
  await run({
    argv: ['npm', 'rebuild', packageName, '--foreground-scripts', '--ignore-scripts=false'],
    // Built by and for this clone's Node, with the headers that came with it: nothing else is downloaded.
    env: {
      PATH: [join(node, 'bin'), process.env['PATH']].join(delimiter),
      npm_config_nodedir: node,
      CKJS_LINKING: 'dynamic',
    },
    cwd: cloneFolder,
    log: 'kafka-client',
  });
}

/** The addon, and the shared libraries beside it when it was built here: 16 MB of the 80 of the build folder. */
async function keepWhatRuns(folder: string): Promise<void> {
  const isNeeded = (path: string): boolean => /\.node$|\.so\.\d+$/.test(path);
  for (const part of ['Release', 'deps']) {
    if (!existsSync(join(buildFolder, part))) continue;
    for (const name of readdirSync(join(buildFolder, part)).filter(isNeeded)) {
      cpSync(join(buildFolder, part, name), join(folder, part, name));
    }
  }
}
