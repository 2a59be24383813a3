// Expected: where a container or a machine forbids what a sandbox needs, the worker says what it was, and what to allow. The kernel
// refuses here as it does in a container of Docker: no namespaces (its seccomp), no new /proc (its masked paths).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { fixture } from '../command-under-test.ts';

const limit = { timeout: 60_000 };

/** What a worker says of sandboxes where a shell has done this before, in namespaces of its own. */
function saidAfter(script: string): string {
  const worker = [process.execPath, '--conditions=kafka-runner-source', fixture('open-sandbox.ts')];
  const { stdout, stderr } = spawnSync('unshare', ['-Urm', 'sh', '-ec', `${script}; exec "$@"`, 'sh', ...worker], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return stdout || stderr;
}

test('it would work otherwise', limit, () => {
  assert.match(saidAfter('true'), /^yes /);
});

test('no namespaces', limit, () => {
  const said = saidAfter('echo 0 >/proc/sys/user/max_user_namespaces');
  assert.match(said, /^no-sandbox: .*may make no namespaces.*--security-opt seccomp=unconfined/s);
});

test('parts of /proc are hidden', limit, () => {
  const said = saidAfter('mount --bind /dev/null /proc/cmdline');
  assert.match(said, /^no-sandbox: .*no new one can be mounted.*--security-opt systempaths=unconfined/s);
});

test('no bubblewrap', limit, () => {
  assert.match(saidAfter('PATH=/nowhere; export PATH'), /^no-sandbox: .*bubblewrap is not installed/s);
});
