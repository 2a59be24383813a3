// Expected: a resident program in a sandbox sees its present job and inputs under their own names, and nothing of any other;
// it stays, unless a job has left something behind. What a job has written is found in its folder all the while.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixture, within } from '../command-under-test.ts';
import { RoomUnderTest } from './room-under-test.ts';

const limit = { timeout: 60_000 };
const resident = { command: ['python3', fixture('resident-shell.py')] };

/** When its process was started: all have the same number. */
const program = 'open("/proc/self/stat").read().split()[21]';

const open = (t: TestContext): Promise<RoomUnderTest> => RoomUnderTest.open(t, { resident });

test('one job after the other, in one program', limit, async (t) => {
  const room = await open(t);
  const scene = path.join(room.folder, 'inputs/1/scene');
  mkdirSync(path.dirname(scene));
  writeFileSync(scene, 'the scene');
  const all =
    `print(${program}, *[os.path.join(top, name) for top, _, names in os.walk(ROOT) for name in names])`.replace(
      'ROOT',
      JSON.stringify(room.folder),
    );
  const others = await room.job(t);
  writeFileSync(path.join(others.folder, 'frame'), 'of somebody else');
  const pids = [];
  for (const inputs of [[scene], [path.dirname(scene)], []]) {
    const job = await room.job(t);
    inputs.forEach((name) => job.inputs.add(name));
    writeFileSync(path.join(job.folder, 'mine'), 'from outside');
    const code = `os.chdir(${JSON.stringify(job.folder)}); print(open("mine").read()); open("frame", "w").write("7"); os.chdir("/"); ${all}`;
    const { printed, exitCode } = await room.python(t, code, job);
    assert.equal(exitCode, 0, printed);
    const [said, line = ''] = printed.split('\n');
    assert.equal(said, 'from outside');
    const [pid, ...seen] = line.split(' ');
    pids.push(pid);
    const own = ['frame', 'mine'].map((name) => path.join(job.folder, name));
    const ofProgram = (name: string): boolean => name.startsWith(`${room.folder}/program`);
    assert.deepEqual(
      seen.filter((name) => !ofProgram(name)).toSorted(),
      [...(inputs.length ? [scene] : []), ...own].toSorted(),
    );
    assert.equal(readFileSync(path.join(job.folder, 'frame'), 'utf8'), '7', 'and outside');
  }
  assert.equal(new Set(pids).size, 1, 'it stays');
  assert.equal(statSync(scene).nlink, 1, 'nothing is left of the link');
});

test('the same input is the same file the next time', limit, async (t) => {
  const room = await open(t);
  const scene = path.join(room.folder, 'inputs/scene');
  writeFileSync(scene, 'the scene');
  const inodes = new Set();
  for (let jobs = 0; jobs < 3; jobs += 1) {
    const job = await room.job(t);
    job.inputs.add(scene);
    const { printed } = await room.python(t, `s = os.stat(${JSON.stringify(scene)}); print(s.st_dev, s.st_ino)`, job);
    inodes.add(printed);
    assert.notEqual((await room.python(t, `open(${JSON.stringify(scene)}, "w")`, await room.job(t))).exitCode, 0);
  }
  assert.equal(inodes.size, 1);
  assert.equal(readFileSync(scene, 'utf8'), 'the scene');
});

test('a folder is found under its name while its command runs, and afterwards', limit, async (t) => {
  const room = await open(t);
  const job = await room.job(t);
  const file = path.join(job.folder, 'frames/1');
  mkdirSync(path.dirname(file));
  const ran = room.python(t, `open(${JSON.stringify(file)}, "w").close(); time.sleep(0.5)`, job);
  assert.ok(await within(20_000, () => existsSync(file)));
  let looks = 0;
  const over = new AbortController();
  void ran.finally(() => over.abort());
  while (!over.signal.aborted) {
    assert.ok(existsSync(file), 'at every moment');
    looks += 1;
    await sleep(1);
  }
  assert.ok(looks > 10);
  assert.ok(existsSync(file));
});

test('another command of a job finds what the one before has left, and the inputs it has by then', limit, async (t) => {
  const room = await open(t);
  const job = await room.job(t);
  const file = path.join(job.folder, 'frame');
  const pids = [];
  for (const round of [1, 2, 3]) {
    const input = path.join(room.folder, `inputs/${round}`);
    writeFileSync(input, 'content');
    job.inputs.clear();
    job.inputs.add(input);
    const inputs = JSON.stringify(path.dirname(input));
    const code = `open(${JSON.stringify(file)}, "a").write("x"); print(*sorted(os.listdir(${inputs})), ${program})`;
    const { printed } = await room.python(t, code, job);
    const [seen, pid] = printed.split('\n').at(-1)?.split(' ') ?? [];
    assert.equal(seen, String(round), printed);
    pids.push(pid);
    assert.equal(readFileSync(file, 'utf8'), 'x'.repeat(round), 'and outside');
  }
  assert.equal(new Set(pids).size, 1, 'it stays');
});

for (const [what, code] of [
  ['a file beside its folder', 'open(os.path.join(JOBS, "trace"), "w").close()'],
  ['a file in /tmp', 'open("/tmp/trace", "w").close()'],
  ['its folder under another name', 'os.rename(FOLDER, os.path.join(JOBS, "hidden"))'],
  ['a link in place of its folder', 'os.rename(FOLDER, os.path.join(JOBS, "hidden")); os.symlink("/etc", FOLDER)'],
] as const) {
  test(`a job that leaves ${what} costs the program`, limit, async (t) => {
    const room = await open(t);
    const pid = async (): Promise<string> => (await room.python(t, `print(${program})`)).printed;
    const before = await pid();
    assert.equal(await pid(), before);
    const bad = await room.job(t);
    writeFileSync(path.join(bad.folder, 'before'), '');
    const jobs = path.dirname(path.dirname(bad.folder));
    const hostile = code.replaceAll('JOBS', JSON.stringify(jobs)).replaceAll('FOLDER', JSON.stringify(bad.folder));
    assert.equal((await room.python(t, hostile, bad)).exitCode, 0);
    assert.notEqual(await pid(), before);
    const seen = await room.python(t, `print(os.listdir(${JSON.stringify(jobs)}), os.listdir("/tmp"))`);
    assert.doesNotMatch(seen.printed, /trace|hidden/);
  });
}

test('a job that its program cannot get costs the program, and the next one finds nothing of it', limit, async (t) => {
  const room = await open(t);
  const started = async (): Promise<string> => (await room.python(t, `print(${program})`)).printed;
  const before = await started();
  const bad = await room.job(t);
  for (const name of ['inputs/scene', 'other/file']) {
    writeFileSync(path.join(room.folder, name), '');
    bad.inputs.add(path.join(room.folder, name));
  }
  await assert.rejects(room.python(t, '', bad), /other\/file is not within sandbox\.inputsFolder/);
  assert.notEqual(await started(), before);
  const seen = await room.python(t, `print(os.listdir(${JSON.stringify(path.join(room.folder, 'inputs'))}))`);
  assert.equal(seen.printed, '[]');
});

test('the memory that it uses is seen', limit, async (t) => {
  const room = await RoomUnderTest.open(t, { resident: { ...resident, maxMemoryBytes: 150_000_000 } });
  const started = async (code = ''): Promise<string> => (await room.python(t, `${code}\nprint(${program})`)).printed;
  const before = await started();
  assert.equal(await started(), before);
  await started('state["memory"] = b"x" * 300_000_000');
  assert.notEqual(await started(), before, 'it has grown and was replaced');
});
