import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { installFolder, removePartialFolders } from '../setup/install-folder.ts';

const cache = mkdtempSync(join(tmpdir(), 'cache-'));
const target = join(cache, 'part', '1.0');
process.env['KAFKA_RENDER_LAB_CACHE'] = cache;
beforeEach(() => rmSync(cache, { recursive: true, force: true }));
after(() => rmSync(cache, { recursive: true, force: true }));

const fillWith = (text: string) => async (folder: string) => writeFileSync(join(folder, 'file'), text);

test('a folder appears whole', async () => {
  await installFolder(target, fillWith('one'));
  assert.equal(readFileSync(join(target, 'file'), 'utf8'), 'one');
  assert.deepEqual(readdirSync(join(cache, 'partial')), []);
});

test('what fails half way leaves nothing', async () => {
  const failing = async (folder: string): Promise<void> => {
    await fillWith('half')(folder);
    throw new Error('no network');
  };
  await assert.rejects(installFolder(target, failing), /no network/);
  assert.equal(existsSync(target), false);
  assert.deepEqual(readdirSync(join(cache, 'partial')), []);
});

test('of two at once the first to finish wins', async () => {
  await installFolder(target, async (folder) => {
    await fillWith('slow')(folder);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'file'), 'quick');
  });
  assert.equal(readFileSync(join(target, 'file'), 'utf8'), 'quick');
});

test('what a set-up left that was killed is removed, what one makes at this moment stays', () => {
  const noProcess = 4_194_305;
  mkdirSync(join(cache, 'partial', `${noProcess}-part`), { recursive: true });
  mkdirSync(join(cache, 'partial', `${process.pid}-part`));
  removePartialFolders();
  assert.deepEqual(readdirSync(join(cache, 'partial')), [`${process.pid}-part`]);
});
