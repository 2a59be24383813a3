// The wrappers in bin/ work from any folder and through a link, with this clone's Node although another is first in PATH.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cloneFolder } from '../cache.ts';

for (const program of ['kafka-render', 'kafka-renderctl', 'kafka-test-producer', 'kafka-topic-echo']) {
  test(`${program} --help`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'wrapper-'));
    t.after(() => rmSync(folder, { recursive: true }));
    symlinkSync(join(cloneFolder, 'bin', program), join(folder, 'a link'));
    writeFileSync(join(folder, 'node'), '#!/bin/sh\nexit 99\n', { mode: 0o755 });
    const { stdout } = await promisify(execFile)(join(folder, 'a link'), ['--help'], {
      cwd: folder,
      env: { ...process.env, PATH: `${folder}:/usr/bin:/bin` },
    });
    assert.match(stdout, new RegExp(`Usage: ${program} `));
  });
}
