import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cloneFolder } from '../cache.ts';

/** Its processes share one lab with everybody below the same `with-lab.ts`, and see it gone only after them. */
const program = `
  const { sharedLab } = await import('${join(cloneFolder, 'lab/shared-lab.ts')}');
  const [one, two] = [await sharedLab(), await sharedLab()];
  await one.kafka.createTopic('mine');
  await one[Symbol.asyncDispose]();
  await two.kafka.createTopic('mine too');
`.replaceAll('mine too', 'mine-too');

test('a command finds the lab, and its exit code comes back', async () => {
  const script = `${program}; console.log(one.folder, (await fetch(two.minio.url + '/minio/health/live')).status); process.exit(7);`;
  const node = join(cloneFolder, 'bin/node');
  const args = [join(cloneFolder, 'lab/with-lab.ts'), '--', node, '--input-type=module', '-e', script];
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(node, args, { timeout: 90_000 }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, stdout: out, stderr: err }),
    );
  });
  assert.equal(code, 7, stderr);
  const [folder = '', status] = stdout.trim().split(' ');
  assert.equal(status, '200');
  assert.match(folder, /kafka-render-lab-/);
  assert.equal(existsSync(folder), false);
});
