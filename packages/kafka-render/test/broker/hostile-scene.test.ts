// Expected: a scene whose scripts run (a worker never runs them: this is what the sandbox is for when something gets through)
// finds no network, no credentials, no scenes and no jobs of others, and can write to its own folder only.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { RoomUnderTest } from '../../../kafka-runner/test/fault/command/sandbox/room-under-test.ts';
import { blenderSandbox } from '../../src/blender/blender-sandbox.ts';
import { probeBlender } from '../../src/blender/blender-version.ts';

const secret = 'a-key-that-nobody-may-see';

/** What the scene tries; it prints one line for each, in which nothing good for it may stand. */
const script = (folder: string): string => `
import os, socket, subprocess
def attempt(name, act):
    try: print('ATTEMPT', name, repr(act()))
    except Exception as error: print('ATTEMPT', name, type(error).__name__)
attempt('network', lambda: socket.create_connection(('127.0.0.1', 22), 2))
attempt('names', lambda: socket.getaddrinfo('localhost', 80))
attempt('credentials', lambda: open('${folder}/credentials/minio.json').read())
attempt('cache', lambda: os.listdir('${folder}/scenes'))
attempt('link', lambda: (os.symlink('${folder}/credentials/minio.json', 'link'), open('link').read()))
attempt('write', lambda: open('${folder}/scenes/new', 'w'))
attempt('studio', lambda: open('${folder}/studio/wood.png').read())
attempt('paint', lambda: open('${folder}/studio/wood.png', 'w'))
attempt('system', lambda: open('/usr/share/new', 'w'))
attempt('kernel', lambda: open('/proc/sys/kernel/core_pattern', 'w'))
attempt('processes', lambda: [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) > 100])
attempt('environment', lambda: [value for value in os.environ.values() if 'nobody-may-see' in value])
print('ATTEMPT own', open('own', 'w').write('x'), sorted(os.listdir('${folder}/scenes/.workers/me')))
`;

test('a scene that runs its script', { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(path.join(homedir(), '.hostile-scene-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const staged = path.join(folder, 'scenes/.workers/me');
  for (const name of ['credentials', 'studio', 'scenes/.workers/me/1', 'scenes/.workers/me/2']) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  const credentials = path.join(folder, 'credentials/minio.json');
  writeFileSync(credentials, secret);
  writeFileSync(path.join(folder, 'studio/wood.png'), 'wood');
  writeFileSync(path.join(staged, '2/other.blend'), 'a scene of somebody else');
  const scene = path.join(staged, '1/hostile.blend');
  const make = `import bpy; text = bpy.data.texts.new('run.py'); text.write(${JSON.stringify(script(folder))}); text.use_module = True; bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(scene)})`;
  execFileSync('blender', ['--factory-startup', '-noaudio', '--background', '--python-expr', make]);

  process.env['KAFKA_RENDER_TEST'] = secret;
  t.after(() => delete process.env['KAFKA_RENDER_TEST']);
  const assetRoots = [path.join(folder, 'studio')];
  const paths = { credentials, scenes: path.join(folder, 'scenes'), stagedScenes: staged, assetRoots };
  const sandbox = blenderSandbox('require', await probeBlender('blender'), paths);
  const room = await RoomUnderTest.open(t, { sandbox });
  const job = await room.job(t);
  job.inputs.add(path.dirname(scene));
  const { exitCode } = await room.run(
    t,
    ['blender', '--factory-startup', '-noaudio', '-y', '--background', scene],
    job,
  );
  assert.equal(exitCode, 0);
  const attempts = job.output.text().matchAll(/^ATTEMPT (\w+) (.*)$/gm);
  assert.deepEqual(Object.fromEntries([...attempts].map(([, name, end]) => [name, end])), {
    network: 'ConnectionRefusedError',
    names: 'gaierror',
    credentials: 'FileNotFoundError',
    cache: "['.workers']",
    link: 'FileNotFoundError',
    write: 'OSError',
    studio: "'wood'",
    paint: 'OSError',
    system: 'OSError',
    kernel: 'OSError',
    processes: '[]',
    environment: '[]',
    own: "1 ['1']",
  });
  assert.equal(readFileSync(path.join(job.folder, 'own'), 'utf8'), 'x');
});
