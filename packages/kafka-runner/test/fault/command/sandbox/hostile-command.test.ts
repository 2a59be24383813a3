// Expected: a command in a sandbox has no network, sees its own job, what it was promised and nothing else, writes nowhere
// else, knows no secret, and cannot have more than so many processes, whatever it tries.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { processBound } from '../../../../src/command/sandbox/process-bound.ts';
import { processesWith } from '../../../kafka/processes-with.ts';
import { RoomUnderTest, secret } from './room-under-test.ts';

const limit = { timeout: 60_000 };

test('no network, not even to this machine', limit, async (t) => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const connect = `import socket; print(socket.create_connection(("127.0.0.1", ${port}), 2).recv(5))`;
  const room = await RoomUnderTest.open(t);
  const open = await RoomUnderTest.open(t, { sandbox: undefined });
  assert.match((await open.python(t, connect)).printed, /hello/, 'it is the sandbox');
  assert.match((await room.python(t, connect)).printed, /ConnectionRefused|unreachable/);
});

test('its own job, what it reads, and nothing of others', limit, async (t) => {
  const room = await RoomUnderTest.open(t);
  const [own, other] = [await room.job(t), await room.job(t)];
  writeFileSync(path.join(other.folder, 'frame'), 'of somebody else');
  const input = path.join(room.folder, 'inputs/scene');
  writeFileSync(input, 'the scene');
  writeFileSync(path.join(room.folder, 'inputs/other-scene'), 'another scene');
  own.inputs.add(input);
  const { printed } = await room.sh(t, `cat ${input}; cat ${room.folder}/program/data; touch own && ls`, own);
  assert.equal(printed.replaceAll('\n', ''), 'the scenecontentown');
  assert.ok(existsSync(path.join(own.folder, 'own')));
  for (const file of [
    path.join(other.folder, 'frame'),
    `${room.folder}/inputs/other-scene`,
    `${room.folder}/other/file`,
    '/etc/shadow',
    '/etc/passwd',
    '/sys/fs/cgroup',
    `/proc/${process.pid}/environ`,
  ]) {
    assert.ok(existsSync(file), file);
    assert.match((await room.sh(t, `cat '${file}' || ls '${file}'`)).printed, /No such file/, file);
  }
  const credentials = `${room.folder}/program/credentials.json`;
  assert.equal(readFileSync(credentials, 'utf8'), secret);
  assert.doesNotMatch((await room.sh(t, `cat ${credentials}`)).printed, new RegExp(secret));
});

test('what it reads may lie in /tmp, which is its own otherwise', limit, async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-test-'));
  t.after(() => rm(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'data'), 'content');
  const room = await RoomUnderTest.open(t, { sandbox: { mode: 'require', readable: [folder] } });
  const { printed } = await room.sh(t, `cat ${folder}/data; ls /tmp; touch ${folder}/more`);
  assert.match(printed, new RegExp(`^content${path.basename(folder)}\n.*Read-only`));
});

test('it writes to its own folder and /tmp, not even through a link or to the kernel', limit, async (t) => {
  const room = await RoomUnderTest.open(t);
  const job = await room.job(t);
  symlinkSync(path.join(room.folder, 'other/file'), path.join(job.folder, 'link'));
  const { exitCode } = await room.sh(t, 'echo x > here && echo x > /tmp/there && echo x > /dev/shm/shared', job);
  assert.equal(exitCode, 0);
  assert.equal(existsSync('/tmp/there'), false);
  for (const file of [
    path.join(job.folder, 'link'),
    `${room.folder}/program/data`,
    `${room.folder}/x`,
    ...['/usr/x', '/x', '/etc/x', '/dev/x', '/proc/sys/kernel/core_pattern', '/proc/self/oom_score_adj'],
  ]) {
    const { exitCode: ended, printed } = await room.sh(t, `: >> '${file}'`, await room.job(t));
    assert.notEqual(ended, 0, file);
    assert.match(printed, /No such file|nonexistent|Read-only|Permission denied/, file);
  }
  for (const script of ['mount -t tmpfs none /usr', 'unshare -Urm true', 'ln /usr/bin/true hard'])
    assert.notEqual((await room.sh(t, script, await room.job(t))).exitCode, 0, script);
  assert.equal(readFileSync(path.join(room.folder, 'other/file'), 'utf8'), 'content');
});

test('its environment has what programs need and no more', limit, async (t) => {
  process.env['KAFKA_RUNNER_TEST_SECRET'] = secret;
  process.env['KAFKA_RUNNER_TEST_DEVICE'] = '1';
  t.after(() => {
    delete process.env['KAFKA_RUNNER_TEST_SECRET'];
    delete process.env['KAFKA_RUNNER_TEST_DEVICE'];
  });
  const room = await RoomUnderTest.open(t, {
    commandVariables: ['KAFKA_RUNNER_TEST_DEV*'],
    sandbox: { mode: 'require' },
  });
  const { printed } = await room.sh(t, 'env; cat /proc/*/environ /proc/*/cmdline | tr "\\0" "\\n"');
  assert.doesNotMatch(printed, new RegExp(secret));
  const { printed: names } = await room.python(t, 'import os; print(*os.environ)');
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'KAFKA_RUNNER_TEST_DEVICE']) assert.ok(names.split(' ').includes(name));
});

test('a fork bomb has so many processes, and all of them go with the command', limit, async (t) => {
  const room = await RoomUnderTest.open(t, { sandbox: { mode: 'require', maxProcesses: 100 } });
  const abort = new AbortController();
  const job = await room.job(t, abort.signal);
  const name = `bomb-${process.pid}`;
  // Its children only wait, and there is an end to it: should nothing bound it, the machine lives.
  const code = [
    'import os, time',
    'said = "unbounded"',
    'for _ in range(400):',
    '    try:',
    '        if os.fork() == 0: time.sleep(60)',
    '    except OSError:',
    '        said = "bounded"',
    '        break',
    `print(said, flush=True); time.sleep(60)  # ${name}`,
  ].join('\n');
  const ran = room.python(t, code, job);
  ran.catch(() => undefined);
  while (job.output.tail().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const processes = processesWith(name).length;
  // Root in a container that may make no cgroup: the worker warns of it (`processes-unbounded`).
  await using bound = await processBound(100);
  if (bound.kind === 'none') t.diagnostic('nothing bounds processes here');
  else assert.ok(processes > 20 && processes <= 110, `${processes} processes`);
  abort.abort(new Error('stop'));
  await assert.rejects(ran, /stop/);
  assert.deepEqual(processesWith(name), []);
});

test('a file has so many bytes', limit, async (t) => {
  const room = await RoomUnderTest.open(t, { sandbox: { mode: 'require', maxFileBytes: 1_000_000 } });
  const { printed, exitCode, signal } = await room.sh(t, 'head -c 2000000 /dev/zero > big; ls -l big');
  assert.match(printed, /File (size|too large)|1000000/i, `${exitCode} ${signal}`);
});
