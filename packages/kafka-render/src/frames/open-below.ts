import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync, type Stats } from 'node:fs';
import path from 'node:path';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Something that is open, until it is disposed of. `path` leads to it, whatever its own name leads to by then. */
export interface Opened extends Disposable {
  readonly path: string;
}

export interface OpenedFile extends Opened {
  readonly stats: Stats;
}

/** A folder that stays the same one, wherever it is moved to and whatever is put in its place. */
export function openFolder(name: string): Opened {
  const opened = open(name, O_DIRECTORY, "it is outside of the job's folder: a folder above it is a link");
  // With a dot behind it is the folder, and not a link to it.
  return { ...opened, path: `${opened.path}/.` };
}

/**
 * Opens a file of a job's folder to read it. Code in a scene may put a link in place of a file, or of a folder above it, at
 * any moment: so each step on the way is opened from the one before, and none is followed. Synchronous: a tenth of the way
 * through the thread pool.
 * @param name relative to the folder
 * @throws {Error} that says what is wrong with it
 */
export function openBelow(folder: string, name: string): OpenedFile {
  using parent = openParent(folder, name);
  // A pipe would never end.
  const opened = open(path.join(parent.path, path.basename(name)), O_NONBLOCK, 'it is not a regular file');
  const stats = fstatSync(opened.descriptor);
  if (stats.isFile()) return { ...opened, stats };
  opened[Symbol.dispose]();
  throw new Error('it is not a regular file');
}

/** Removes a file of a job's folder if it is still the one that `identityOf` told. */
export function removeBelow(folder: string, name: string, identity: string): void {
  using parent = openParent(folder, name);
  const file = path.join(parent.path, path.basename(name));
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats && identityOf(stats) === identity) rmSync(file);
}

/** Tells a file from every other, and from what it was before somebody wrote to it. */
export function identityOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join(' ');
}

function openParent(folder: string, name: string): Opened {
  const above = name.split('/').slice(0, -1);
  if (path.isAbsolute(name) || above.includes('..')) throw new Error("it is outside of the job's folder");
  let parent = openFolder(folder);
  for (const part of above.filter((each) => each !== '' && each !== '.')) {
    using last = parent;
    parent = openFolder(path.join(last.path, part));
  }
  return parent;
}

function open(name: string, flags: number, whenLink: string): Opened & { readonly descriptor: number } {
  try {
    const descriptor = openSync(name, O_RDONLY | O_NOFOLLOW | flags);
    return { descriptor, path: `/proc/self/fd/${descriptor}`, [Symbol.dispose]: () => closeSync(descriptor) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'ENOTDIR') throw new Error(whenLink, { cause });
    throw cause;
  }
}
