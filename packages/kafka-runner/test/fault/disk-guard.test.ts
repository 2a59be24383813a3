// Expected: on a disk without room or inodes no job is begun, which is said once; it goes on by itself when there is room,
// and lets go when it has to stop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiskGuard } from '../../src/disk-guard.ts';
import { recordingLogger } from '../unit/recording-logger.ts';

const limit = { timeout: 20_000 };
const never = new AbortController().signal;

/**
 * A disk of its own, mounted in a name space that needs no rights (as a user or as root), is reached through the process
 * that holds it, and ends with that: with this test, however it ends.
 */
async function newDisk(t: TestContext, options: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'disk-guard-'));
  const script = 'mount -t tmpfs -o "$1" none "$2" && echo mounted && exec cat';
  const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', options, folder];
  const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(holder, 'exit');
  t.after(async () => {
    holder.stdin.end();
    await gone;
    rmdirSync(folder);
  });
  const [said] = await Promise.race([once(holder.stdout, 'data'), gone]);
  assert.equal(String(said), 'mounted\n', 'a name space can be made');
  return `/proc/${holder.pid}/root${folder}`;
}

test('a disk without room holds jobs back, says so once, and goes on by itself', limit, async (t) => {
  const disk = await newDisk(t, 'size=4m');
  const guard = new DiskGuard(disk, 2_000_000);
  assert.ok(guard.hasRoom());
  const filler = path.join(disk, 'filler');
  writeFileSync(filler, Buffer.alloc(3_000_000));
  const { logger, lines } = recordingLogger();
  let begun = 0;
  const waiting = [1, 2].map(async () => {
    await guard.untilRoom(never, logger);
    begun += 1;
  });
  await sleep(1_500);
  assert.deepEqual([begun, lines.length, lines[0]?.['code']], [0, 1, 'disk-full']);
  rmSync(filler);
  await Promise.all(waiting);
  assert.equal(lines.length, 2, 'and once that it goes on');
});

test('by default a small disk may be filled to a twentieth', limit, async (t) => {
  const disk = await newDisk(t, 'size=4m');
  writeFileSync(path.join(disk, 'filler'), Buffer.alloc(3_700_000));
  assert.ok(new DiskGuard(disk).hasRoom());
  writeFileSync(path.join(disk, 'more'), Buffer.alloc(400_000));
  assert.ok(!new DiskGuard(disk).hasRoom());
});

test('so does a disk without inodes', limit, async (t) => {
  const disk = await newDisk(t, 'size=4m,nr_inodes=150');
  const guard = new DiskGuard(disk, 1);
  assert.ok(guard.hasRoom());
  for (let i = 0; i < 60; i += 1) writeFileSync(path.join(disk, String(i)), '');
  assert.ok(!guard.hasRoom());
});

test('who has to stop does not wait for room', limit, async () => {
  const stopping = new AbortController();
  const waiting = new DiskGuard(tmpdir(), Number.MAX_SAFE_INTEGER).untilRoom(stopping.signal, recordingLogger().logger);
  stopping.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});
