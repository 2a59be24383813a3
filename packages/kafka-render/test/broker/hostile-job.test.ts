// Expected: with --allow-scripts a hostile scene finds nothing, reaches nobody and leaves nothing behind, in both modes: no file of
// the machine or of others, no credentials, no network; what it starts ends. Its job has its result like any other, and no
// other job gets its Blender.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test, type TestContext } from 'node:test';
import { makeScene } from '../../../../lab/scenes/make-scenes.ts';
import { within } from '../../../kafka-runner/test/fault/command/command-under-test.ts';
import { processesWith } from '../../../kafka-runner/test/kafka/processes-with.ts';
import { numbered, RenderFarm } from '../render-farm.ts';

/** A farm whose folders are not below the temporary folder: nothing there would be seen anyhow. */
async function openFarm(t: TestContext): Promise<RenderFarm> {
  const folder = mkdtempSync(path.join(homedir(), '.hostile-job-'));
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = folder;
  process.env['TEST_SECRET'] = 'of the worker';
  const farm = await RenderFarm.open(t);
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
    delete process.env['TEST_SECRET'];
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  });
  return farm;
}

/** `counter` with the script, which its red is asked of at each frame. */
function hostileScene(folder: string, counter: string, places: Readonly<Record<string, unknown>>): string {
  const scene = path.join(folder, 'hostile.blend');
  const script = readFileSync(path.join(import.meta.dirname, 'hostile_job.py'), 'utf8');
  const make = `
import bpy
text = bpy.data.texts.new('run.py')
text.write(${JSON.stringify(script.replace('@PLACES@', JSON.stringify(places)))})
text.use_module = True
for curve in bpy.context.scene.world.node_tree.animation_data.drivers:
    if curve.array_index == 0:
        curve.driver.expression = 'look(frame) % 256 / 255'
bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(scene)}, copy=True)
`;
  const flags = ['--factory-startup', '-noaudio', '--background', counter];
  execFileSync('blender', [...flags, '--python-exit-code', '1', '--python-expr', make], { stdio: 'pipe' });
  return scene;
}

/** Somebody who waits for a connection, and how many there were. */
async function listener(t: TestContext) {
  const seen = { port: 0, connections: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  seen.port = (server.address() as AddressInfo).port;
  return seen;
}

for (const mode of ['resident', 'cold']) {
  test(`a hostile scene whose scripts are allowed, ${mode}`, { timeout: 180_000 }, async (t) => {
    const farm = await openFarm(t);
    const { cwd, credentialsFile } = farm.folder;
    const others = ['tmp_render_out/other', 'scenes/other'].map((name) => path.join(cwd, name));
    for (const folder of others) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'of-somebody-else'), '');
    }
    const outside = await listener(t);
    const [host = '', port] = farm.lab.kafka.bootstrapServers[0]?.split(':') ?? [];
    const places = {
      ...{ credentials: credentialsFile, folder: cwd, port: outside.port, kafka: [host, Number(port)] },
      ...{ jobs: path.dirname(others[0] ?? ''), scenes: path.dirname(others[1] ?? '') },
      ...{ tmp: `/tmp/escaped-${randomInt(1e9)}`, seconds: `300.${randomInt(1e9)}` },
    };
    const counter = await farm.putScene('counter');
    const scene = hostileScene(path.dirname(cwd), await makeScene('counter'), places);
    await farm.storage.put(farm.bucket, 'scenes/hostile.blend', scene);
    const worker = farm.startWorker({
      args: ['-d', '--allow-scripts', '--sandbox', 'require', '--blender-mode', mode],
    });
    const hostile = farm.job({ scenePath: `${farm.bucket}/scenes/hostile.blend`, numFrames: 2 });
    await farm.send(hostile, farm.job({ jobId: 2, scenePath: counter }));
    const { results, errors } = await farm.ended(2, 120);
    assert.deepEqual([results.length, errors], [2, []]);
    assert.equal(results[0]?.headers['scripts-allowed'], 'true');
    assert.deepEqual(await farm.framesAt('out/1'), numbered(7, 8));
    assert.deepEqual(await farm.framesAt('out/2'), numbered(7, 7));

    const attempts = worker.log.flatMap(({ message }) => [...message.matchAll(/^ATTEMPT (\w+) (.*)$/g)]);
    assert.deepEqual(Object.fromEntries(attempts.map(([, name, end]) => [name, end])), {
      ...{ passwd: 'FileNotFoundError', credentials: 'FileNotFoundError', link: 'FileNotFoundError' },
      ...{ driver: 'FileNotFoundError', jobs: '[]', scenes: '[]', environment: '[]' },
      ...{ network: 'ConnectionRefusedError', kafka: 'ConnectionRefusedError' },
      ...{ beside: 'OSError', system: 'OSError', tmp: '1', daemons: '20' },
    });
    assert.equal(outside.connections, 0);
    for (const file of [path.join(cwd, 'escaped'), '/usr/share/escaped', places.tmp, '/tmp/link'])
      assert.ok(!existsSync(file), file);
    assert.ok(await within(10_000, () => processesWith(places.seconds).length === 0), 'what it has started is gone');
    const replaced = worker.log.filter(({ message }) => message === 'resident program replaced');
    assert.equal(replaced.length, mode === 'resident' ? 1 : 0);
  });
}
