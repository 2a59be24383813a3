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

function runNode(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root });
  if (status === 0) return;
  console.error(stderr.toString());
  exit(1);
}

// In this order: each is built against the declarations of those before.
for (const name of ['kafka-runner', 'kafka-render', 'dashboard']) {
  const folder = path.join(root, 'packages', name);
  rmSync(path.join(folder, 'dist'), { recursive: true, force: true });
  run(folder, 'tsc', '-p', 'tsconfig.build.json');
  if (name === 'dashboard') runNode(path.join(folder, 'client/build.ts'));
  run(folder, 'publint', '--strict');
}
run(path.join(root, 'packages/kafka-runner'), 'attw', '--pack', '--profile', 'esm-only');
// What is published runs as it is: JavaScript, found through the packages' own exports.
runNode('packages/kafka-render/dist/bin/kafka-render.js', '--help');
runNode('packages/dashboard/dist/bin/kafka-render-dashboard.js', '--help');
