// Expected: in the sandbox a scene that names files which are not its own (by absolute paths, by ways up, as a library) does not find
// them, and its job says so. Without the sandbox it finds what the worker may read.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runInBlender } from '../../../../lab/scenes/run-in-blender.ts';
import { probeBlender } from '../../src/blender/blender-version.ts';
import { RenderFarm } from '../render-farm.ts';

const names = ['absolute', 'upwards', 'library', 'passwd'];
/** More folders than a scene lies deep: what is above the root is the root. */
const up = '../'.repeat(20);

test('files elsewhere', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  // Not below the temporary folder: nothing there would be seen anyhow.
  const folder = mkdtempSync(path.join(homedir(), '.files-elsewhere-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [scenes, elsewhere] = [path.join(folder, 'scenes'), path.join(folder, 'elsewhere')];
  [scenes, elsewhere].forEach((each) => mkdirSync(each));
  const script = path.join(import.meta.dirname, 'files_elsewhere.py');
  await runInBlender(await probeBlender('blender'), script, [scenes, elsewhere, up]);
  for (const name of names)
    await farm.storage.put(farm.bucket, `scenes/${name}.blend`, path.join(scenes, `${name}.blend`));
  const jobs = names.map((name, jobId) => farm.job({ jobId, scenePath: `${farm.bucket}/scenes/${name}.blend` }));

  const inside = farm.startWorker({ args: ['--sandbox', 'require'] });
  await farm.send(...jobs);
  const { errors } = await farm.ended(4);
  const secret = path.join(elsewhere, 'secret.png');
  const missing = [secret, `//${up}${secret.slice(1)}`, path.join(elsewhere, 'library.blend'), '/etc/passwd'];
  assert.deepEqual(
    errors
      .map(({ value }) => JSON.parse(value ?? '') as { code: string; message: string })
      .map(({ code, message }, at) => [code, message.includes(`here: ${missing[at]}`)]),
    missing.map(() => ['asset-missing', true]),
  );
  await inside.stop();

  farm.startWorker({ args: ['--sandbox', 'off'] });
  await farm.send(...jobs.map((job) => ({ ...job, timestamp: 1 })));
  const { results, errors: all } = await farm.ended(8);
  assert.deepEqual(
    results.map(({ headers }) => headers['job-offset']),
    ['4', '5', '6'],
  );
  assert.match(all.at(-1)?.value ?? '', /\/etc\/passwd \(it cannot be read\)/);
});
