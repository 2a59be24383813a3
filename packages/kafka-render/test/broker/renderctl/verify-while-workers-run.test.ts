// Expected: while a worker ends jobs out of order, and after it was killed, `verify` finds no fault, and every job is done,
// in progress or waiting.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RenderFarm, type JobMessage } from '../../render-farm.ts';
import { runCtl, type Report } from './ctl-under-test.ts';

const count = 400;
const renderedEach = 20;

/** Most are refused at once; now and then one is rendered, and those behind it end before it. */
function jobOf(farm: RenderFarm, scenePath: string, id: number): JobMessage {
  return farm.job({ jobId: id, scenePath: id % renderedEach === 0 ? scenePath : 'no object path' });
}

async function look(farm: RenderFarm): Promise<Report> {
  const { jobs, results, errors } = farm.topics;
  const args = [jobs, results, ...farm.lab.kafka.bootstrapServers, '-e', errors, '-g', farm.group, '--json'];
  const { code, stdout, stderr } = await runCtl(['verify', ...args]);
  assert.equal(code, 0, stdout + stderr);
  const found = { ...(JSON.parse(stdout) as Omit<Report, 'code'>), code };
  assert.equal(found.results + found.errors + found.inProgress.count + found.waiting.count, found.jobs, stdout);
  return found;
}

test('verify while a worker runs, and after it was killed', { timeout: 120_000 }, async (t) => {
  const farm = await RenderFarm.open(t);
  const scenePath = await farm.putScene('counter');
  const worker = farm.startWorker({ args: ['--concurrency', '3', '--blender-mode', 'cold'] });
  await farm.send(...Array.from({ length: count }, (_, id) => jobOf(farm, scenePath, id)));
  await farm.ended(1);
  let inProgress = 0;
  for (let looks = 0; looks < 3; looks += 1) inProgress += (await look(farm)).inProgress.count;
  assert.ok(inProgress > 0, 'seen in the middle of its work');
  worker.kill('SIGKILL');
  const dead = await look(farm);
  assert.ok(dead.inProgress.count + dead.waiting.count > 0, 'killed before the end');
});
