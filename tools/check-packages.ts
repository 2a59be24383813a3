/** Builds the packages as they would be published, and checks what a user would get. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { exit } from 'node:process';

const root = path.dirname(import.meta.dirname);
const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);

function run(folder: string, program: string, ...args: string[]): void {
  const { status } = spawnSync(bin(program), args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) exit(1);
}

// In this order: the second is built against the first one's declarations.
for (const name of ['kafka-runner', 'kafka-render']) {
  const folder = path.join(root, 'packages', name);
  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  run(folder, 'tsc', '-p', 'tsconfig.build.json');
  run(folder, 'publint', '--strict');
}
run(path.join(root, 'packages/kafka-runner'), 'attw', '--pack', '--profile', 'esm-only');
// What is published runs as it is: JavaScript, found through the packages' own exports.
const help = spawnSync(process.execPath, ['packages/kafka-render/dist/bin/kafka-render.js', '--help'], { cwd: root });
if (help.status !== 0) {
  console.error(help.stderr.toString());
  exit(1);
}
