import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { ProgramView, type LentPlace } from '../../../../src/command/sandbox/program-view.ts';
import { FailedError } from '../../../../src/errors.ts';

/** A view, and folders on both sides of it. */
class ViewUnderTest {
  readonly folder: string;
  readonly #view: ProgramView;
  readonly #handles = new DisposableStack();
  #jobs = 0;

  constructor(t: TestContext) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'program-view-'));
    for (const name of ['jobs/own', 'inputs/own', 'tmp']) this.#make(name);
    const jobs = { root: path.join(this.folder, 'jobs'), folder: path.join(this.folder, 'jobs/own') };
    const inputs = { root: path.join(this.folder, 'inputs'), folder: path.join(this.folder, 'inputs/own') };
    this.#view = new ProgramView(jobs, inputs, path.join(this.folder, 'tmp'));
    t.after(() => {
      this.#handles.dispose();
      rmSync(this.folder, { recursive: true });
    });
  }

  input(name: string): string {
    const file = path.join(this.#make(path.join('inputs', path.dirname(name))), path.basename(name));
    writeFileSync(file, name);
    return file;
  }

  /** To a job with these inputs. */
  async lend(...inputs: string[]): Promise<LentPlace> {
    this.#jobs += 1;
    return await this.#view.lend({ folder: this.#make(`jobs/${this.#jobs}/work`), inputs, handles: this.#handles });
  }

  /** Files that the program finds in place of the inputs. */
  seen(): string[] {
    const entries = readdirSync(path.join(this.folder, 'inputs/own'), { recursive: true, withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).toSorted();
  }

  #make(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}

/** An input whose second name is longer than a path may be; its first is not. */
function tooLong(view: ViewUnderTest): string {
  const room = 4_093 - path.join(view.folder, 'inputs', 'file').length;
  const folders = 'd'.repeat(room).replaceAll(/.{200}/g, (name) => `${name.slice(1)}/`);
  return view.input(path.join('3', folders.slice(2), 'file'));
}

test('inputs stay until another job has others', async (t) => {
  const view = new ViewUnderTest(t);
  const [one, two] = [view.input('1/one'), view.input('2/two')];
  for (const [inputs, seen] of [
    [[one], ['one']],
    [[one], ['one']],
    [
      [two, one],
      ['one', 'two'],
    ],
    [[], []],
  ] as const) {
    using _lent = await view.lend(...inputs);
    assert.deepEqual(view.seen(), seen);
  }
});

test('linking fails half way: the job fails, and the next one finds its own inputs and nothing else', async (t) => {
  const view = new ViewUnderTest(t);
  const [one, two] = [view.input('1/one'), view.input('2/two')];
  (await view.lend(two)).takeBack();
  await assert.rejects(
    view.lend(one, tooLong(view)),
    (error) => error instanceof FailedError && /ENAMETOOLONG/.test(error.message),
  );
  assert.deepEqual(view.seen(), ['one'], 'half way');
  for (const [inputs, seen] of [
    [[two], ['two']],
    [[], []],
    [[one], ['one']],
  ] as const) {
    using _lent = await view.lend(...inputs);
    assert.deepEqual(view.seen(), seen);
  }
});

test('an input that lies elsewhere fails its job, and nothing stays of those before it', async (t) => {
  const view = new ViewUnderTest(t);
  const [one, two] = [view.input('1/one'), view.input('2/two')];
  (await view.lend(one)).takeBack();
  const elsewhere = path.join(view.folder, 'tmp/file');
  writeFileSync(elsewhere, '');
  await assert.rejects(view.lend(two, elsewhere), /is not within sandbox\.inputsFolder/);
  using _lent = await view.lend();
  assert.deepEqual(view.seen(), []);
});
