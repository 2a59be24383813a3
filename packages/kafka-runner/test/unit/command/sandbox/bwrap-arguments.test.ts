import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { bwrapArguments } from '../../../../src/command/sandbox/bwrap-arguments.ts';
import { endOfSandboxed } from '../../../../src/command/sandbox/end-of-sandboxed.ts';
import { cgroupParent, countsInside } from '../../../../src/command/sandbox/process-bound.ts';
import { seenOf, systemPaths } from '../../../../src/command/sandbox/system-paths.ts';

test('the arguments, in their order: what is hidden covers what is readable, and places cover both', () => {
  const argv = bwrapArguments({
    system: [{ path: '/usr' }, { path: '/lib', linksTo: 'usr/lib' }],
    devices: ['/dev/dri'],
    hidden: [
      { path: '/usr/keys', kind: 'folder' },
      { path: '/usr/key', kind: 'file' },
    ],
    places: [
      { source: '/data/scene', target: '/data/scene', writable: false },
      { source: '/data/slot', target: '/data/jobs', writable: true },
    ],
    tmp: '/data/tmp',
    workingFolder: '/data/jobs',
  });
  assert.equal(
    argv.join(' '),
    '--unshare-user --unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try --disable-userns ' +
      '--cap-drop ALL --die-with-parent --bind /data/tmp /tmp --ro-bind-try /usr /usr --symlink usr/lib /lib --proc /proc --remount-ro /proc ' +
      '--dev /dev --dev-bind-try /dev/dri /dev/dri --size 268435456 --tmpfs /dev/shm --remount-ro /dev ' +
      '--tmpfs /usr/keys --ro-bind /dev/null /usr/key --ro-bind /data/scene /data/scene ' +
      '--bind /data/slot /data/jobs --remount-ro / --chdir /data/jobs --',
  );
});

test('what is readable is there once, links as links; of what is hidden that which would be seen', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'system-paths-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'program/keys'), { recursive: true });
  writeFileSync(path.join(folder, 'key'), '');
  symlinkSync('program', path.join(folder, 'link'));
  const named = [
    path.join(folder, 'program'),
    path.join(folder, 'link'),
    path.join(folder, 'program/keys'),
    '/usr/bin',
  ];
  const system = systemPaths([...named, path.join(folder, 'none')], false);
  assert.deepEqual(
    system.filter((each) => named.includes(each.path)),
    [{ path: path.join(folder, 'program') }, { path: path.join(folder, 'link'), linksTo: 'program' }],
  );
  assert.ok(system.some((each) => each.path === '/usr'));
  const hidden = [path.join(folder, 'link/keys'), path.join(folder, 'key'), path.join(folder, 'none')];
  assert.deepEqual(seenOf(hidden, system), [{ path: path.join(folder, 'program/keys'), kind: 'folder' }]);
});

test('bubblewrap tells a signal by a number', () => {
  const ended = (exitCode: number | null, signal: NodeJS.Signals | null = null) =>
    Object.values(endOfSandboxed({ exitCode, signal, elapsedSeconds: 1 })).slice(0, 2);
  assert.deepEqual(
    [0, 1, 128, 255].map((code) => ended(code)),
    [
      [0, null],
      [1, null],
      [128, null],
      [255, null],
    ],
  );
  assert.deepEqual(
    [ended(139), ended(137), ended(null, 'SIGKILL')],
    [
      [null, 'SIGSEGV'],
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ],
  );
});

test('where processes can be bounded by a group', () => {
  const first = '11:pids:/docker/ab12\n9:name=systemd:/docker/ab12\n0::/\n';
  assert.equal(cgroupParent(first, ''), '/sys/fs/cgroup/pids/docker/ab12');
  assert.equal(cgroupParent('4:cpu,pids:/\n', ''), '/sys/fs/cgroup/pids/');
  assert.equal(cgroupParent('0::/\n', 'cpuset cpu io memory pids\n'), '/sys/fs/cgroup');
  assert.equal(cgroupParent('0::/\n', 'cpu memory\n'), undefined, 'not handed down');
  assert.equal(cgroupParent('0::/system.slice/worker.service\n', 'cpu pids\n'), undefined, 'there are processes');
});

test('kernels that count processes in each user namespace', () => {
  assert.deepEqual(['5.10.0-21-amd64', '5.14.0', '6.1.0-18-amd64', '4.19'].map(countsInside), [
    false,
    true,
    true,
    false,
  ]);
});
