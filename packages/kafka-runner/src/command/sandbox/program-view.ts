import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { takenBack } from '../../job-folders.ts';
import { linkFile } from '../../link-file.ts';
import { localFileError } from '../../storage/local-file-error.ts';
import type { OwnPlaces } from './sandbox.ts';

/** What a program is to have of a job while it is at the job's command. */
export interface JobPlace {
  /** One of the two parts of a folder of `JobFolders`. */
  readonly folder: string;
  readonly inputs: Iterable<string>;
  /** Disposed of when nobody looks into the job's folder any more. */
  readonly handles: DisposableStack;
}

/** A folder that holds what belongs to many jobs, and the folder that a program finds in its place. */
interface StandIn {
  readonly root: string;
  readonly folder: string;
}

/** Caches of graphics drivers, fonts and the like, for whoever honours HOME. */
const cacheFolder = '.cache';

/**
 * What a resident program in a sandbox sees of jobs. Its mounts are made when it starts, long before it is known which jobs
 * it will get: so it finds, in place of the folder in which all jobs have theirs, an empty one of its own, into which the
 * folder of its present job is moved; and likewise for inputs, which are linked. Names are the same inside and outside.
 */
export class ProgramView {
  readonly #jobs: StandIn;
  readonly #inputs: StandIn | undefined;
  readonly #tmp: string;
  #tmpBefore: string | undefined;
  /** Which inputs it has; undefined when that is not certain. */
  #linked: string | undefined = '';

  /** Folders of stand-ins are empty, and lie within their roots: on one disk, where files can be linked and moved. */
  constructor(jobs: StandIn, inputs: StandIn | undefined, tmp: string) {
    this.#jobs = jobs;
    this.#inputs = inputs;
    this.#tmp = tmp;
  }

  get places(): OwnPlaces {
    const jobs = { source: this.#jobs.folder, target: this.#jobs.root, writable: true };
    const inputs = this.#inputs && { source: this.#inputs.folder, target: this.#inputs.root, writable: false };
    return { places: inputs ? [inputs, jobs] : [jobs], tmp: this.#tmp, workingFolder: this.#jobs.root };
  }

  /**
   * Until it is taken back, the program has the job's folder and inputs. The folder is the same under its name all the while
   * and afterwards, wherever it is moved to: its name becomes a link to the open folder. A program to which it could not be
   * lent is replaced.
   */
  async lend(place: JobPlace): Promise<LentPlace> {
    try {
      return await this.#lend(place);
    } catch (error) {
      throw localFileError(error, 'what a program in a sandbox sees of its job') ?? error;
    }
  }

  async #lend({ folder, inputs, handles }: JobPlace): Promise<LentPlace> {
    this.#tmpBefore ??= this.#listTmp();
    await this.#link([...inputs]);
    // With all that is its job's, so that no empty folder is made for it, and none is left.
    const whole = path.dirname(folder);
    const inside = placeIn(this.#jobs, whole);
    moveInto(inside, whole, handles);
    return new LentPlace(() => {
      // Somewhere that only this worker sees; it goes with the job.
      renameSync(inside, takenBack(whole));
      return this.#isAsBefore();
    });
  }

  /** The next job often has the same ones: they stay until another has not. Only the worker can change them. */
  async #link(names: readonly string[]): Promise<void> {
    const inputs = names.map(identityOf).join('\n');
    if (inputs === this.#linked) return;
    // What fails half way is removed before the next job, too.
    this.#linked = undefined;
    if (this.#inputs) await empty(this.#inputs.folder);
    for (const name of names) await linkTree(name, placeIn(this.#inputs, name));
    this.#linked = inputs;
  }

  /** Nothing of the job is left where the next one could find it. */
  #isAsBefore(): boolean {
    return readdirSync(this.#jobs.folder).length === 0 && this.#listTmp() === this.#tmpBefore;
  }

  #listTmp(): string {
    const names = readdirSync(this.#tmp, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => name.split('/')[0] !== cacheFolder)
      .toSorted()
      .join('\n');
  }
}

/** A job's folder and inputs while a program has them. */
export class LentPlace implements Disposable {
  readonly #takeBack: () => boolean;
  #isClean: boolean | undefined;

  constructor(takeBack: () => boolean) {
    this.#takeBack = takeBack;
  }

  /** Whether the program is left without a trace of the job; when called again, the same. */
  takeBack(): boolean {
    try {
      this.#isClean ??= this.#takeBack();
    } catch {
      // The program has moved or removed what was its job's: what is left of that is found through the open folder.
      this.#isClean = false;
    }
    return this.#isClean;
  }

  [Symbol.dispose](): void {
    this.takeBack();
  }
}

/** The folder's name leads to it from the first time on. */
function moveInto(inside: string, whole: string, handles: DisposableStack): void {
  if (lstatSync(whole).isSymbolicLink()) return renameSync(takenBack(whole), inside);
  const open = openSync(whole, constants.O_RDONLY | constants.O_DIRECTORY);
  handles.defer(() => closeSync(open));
  // At once, so that nobody who looks meanwhile finds neither.
  renameSync(whole, inside);
  symlinkSync(`/proc/${process.pid}/fd/${open}`, whole);
}

/** Where something of a root is to stand in its stand-in; the folder above is made. */
function placeIn(standIn: StandIn | undefined, name: string): string {
  const relative = standIn && path.relative(standIn.root, name);
  if (standIn === undefined || relative === undefined || /^(\.\.(\/|$)|$)/.test(relative)) {
    throw new Error(`${name} is not within sandbox.inputsFolder`);
  }
  const place = path.join(standIn.folder, relative);
  mkdirSync(path.dirname(place), { recursive: true });
  return place;
}

/** A folder of which a file was replaced is another one. */
function identityOf(name: string): string {
  const { dev, ino, mtimeMs } = statSync(name);
  return [name, dev, ino, mtimeMs].join(' ');
}

/** Gives the files of a tree a second name each; other kinds of files are left out. */
async function linkTree(from: string, to: string): Promise<void> {
  const stats = await lstat(from);
  if (stats.isFile()) await linkFile(from, to);
  if (!stats.isDirectory()) return;
  await mkdir(to);
  for (const name of await readdir(from)) await linkTree(path.join(from, name), path.join(to, name));
}

/** The folder itself stays: it is mounted. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
}
