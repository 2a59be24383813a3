import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { joinKey } from './object-path.ts';

/** How many files of a directory are under way at once. */
const FILES_AT_ONCE = 4;

/** A file and its key, both complete. */
export interface FileAndKey {
  readonly file: string;
  readonly key: string;
}

/**
 * Every regular file below `folder` with its key below `prefix`. Symbolic links are left out, so that nothing outside
 * of the folder is sent.
 *
 * @throws RejectedError `bad-object-path` for a file whose name cannot be a key
 */
export async function filesWithKeys(folder: string, prefix: string): Promise<FileAndKey[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.toSorted().map((file) => ({ file, key: joinKey(prefix, relative(folder, file).split(sep).join('/')) }));
}

/**
 * Runs `transfer` for every item, a few at a time, and gives the results in the order of the items. The first failure
 * aborts the signal that the others were given, and is thrown once all of them have ended.
 */
export async function transferAll<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
  transfer: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failure = new AbortController();
  const each = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const queue = numbered(items);
  const results: R[] = [];
  const work = async (): Promise<void> => {
    try {
      for await (const [index, item] of queue) results[index] = await transfer(item, each);
    } catch (error) {
      failure.abort(error);
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, work));
  signal?.throwIfAborted();
  failure.signal.throwIfAborted();
  return results;
}

/** One generator that all takers share: each item goes to one of them. */
async function* numbered<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<[number, T]> {
  let index = 0;
  for await (const item of items) yield [index++, item];
}
