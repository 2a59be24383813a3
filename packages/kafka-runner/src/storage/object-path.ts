import { RejectedError } from '../errors.ts';

/**
 * Where an object lies: `bucket/key`. Made by {@link parseObjectPath} or {@link parseObjectPrefix}, and trusted
 * from there on: both parts have passed every check.
 */
export interface ObjectPath {
  readonly bucket: string;
  /** Segments between single slashes, taken literally: percent signs are not an encoding here. */
  readonly key: string;
}

/** S3 limits a key, MinIO (a file system) also each segment; both count UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/**
 * Reads the path of an object, `bucket/path/to/file`.
 *
 * @throws RejectedError `bad-object-path`, which names the path and what is wrong with it
 */
export function parseObjectPath(text: string): ObjectPath {
  const { bucket, key } = split(text);
  checkBucket(bucket, text);
  if (key === '') throw badPath(text, 'it names no object: expected bucket/path/to/file');
  checkKey(key, text);
  return { bucket, key };
}

/**
 * Reads a place to put objects in, `bucket/path`. One slash at the end is dropped; the key is empty when the text
 * names the bucket alone. {@link joinKey} makes keys below it.
 *
 * @throws RejectedError `bad-object-path`, which names the path and what is wrong with it
 */
export function parseObjectPrefix(text: string): ObjectPath {
  const { bucket, key: rest } = split(text);
  checkBucket(bucket, text);
  const key = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  if (rest !== '') checkKey(key, text);
  return { bucket, key };
}

/**
 * The key of `name` below `prefix`; an empty prefix is the bucket's root. `name` may hold slashes.
 *
 * @throws RejectedError `bad-object-path` when the result is no acceptable key, for example too long
 */
export function joinKey(prefix: string, name: string): string {
  const key = prefix === '' ? name : `${prefix}/${name}`;
  checkKey(key, key);
  return key;
}

/**
 * Refuses what cannot be a bucket or a key at all, such as a field that a message did not have; which names are good is
 * for the server to say.
 *
 * @throws RejectedError `bad-object-path`
 */
export function checkName(kind: 'bucket' | 'key', name: unknown): void {
  if (typeof name === 'string' && name !== '' && (kind === 'key' || !name.includes('/'))) return;
  const expected = kind === 'key' ? 'a text that is not empty' : 'a text that is not empty and has no slash';
  const found = typeof name === 'string' ? quote(name) : typeof name;
  throw new RejectedError('bad-object-path', `The ${kind} of an object must be ${expected}, and is ${found}.`);
}

/** The path as it stands in messages: `bucket/key`. */
export function formatObjectPath({ bucket, key }: ObjectPath): string {
  return `${bucket}/${key}`;
}

function split(text: string): ObjectPath {
  const slash = text.indexOf('/');
  return slash === -1 ? { bucket: text, key: '' } : { bucket: text.slice(0, slash), key: text.slice(slash + 1) };
}

/** The rules of S3 for general purpose buckets (Amazon S3 User Guide, "Bucket naming rules"). */
function checkBucket(bucket: string, text: string): void {
  if (bucket === '') throw badPath(text, 'it begins without a bucket: expected bucket/path');
  if (bucket.length < 3 || bucket.length > 63) throw badPath(text, 'a bucket name has 3 to 63 characters');
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(bucket)) {
    throw badPath(text, 'a bucket name has only a-z, 0-9, "." and "-", with a letter or digit at both ends');
  }
  if (bucket.includes('..')) throw badPath(text, 'a bucket name has no two dots in a row');
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) throw badPath(text, 'a bucket name does not look like an IP address');
}

/**
 * Refuses what would be ambiguous, lost on the way, or would leave a folder once the key becomes a local path.
 * A backslash separates folders on some systems and is nearly always a Windows path sent by mistake.
 */
function checkKey(key: string, text: string): void {
  if (!key.isWellFormed()) throw badPath(text, 'it is not well-formed Unicode (half of a surrogate pair)');
  if (/\p{Cc}/u.test(key)) throw badPath(text, 'it holds a control character (newline, NUL, ...)');
  if (key.includes('\\')) throw badPath(text, 'it holds a backslash: separate folders by "/"');
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw badPath(text, `its key has more than ${MAX_KEY_BYTES} bytes`);
  for (const segment of key.split('/')) checkSegment(segment, text);
}

function checkSegment(segment: string, text: string): void {
  if (segment === '') throw badPath(text, 'it has an empty segment (a slash at the start or end, or two in a row)');
  if (segment === '.' || segment === '..') throw badPath(text, `it has the segment "${segment}"`);
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) {
    throw badPath(text, `one of its segments has more than ${MAX_SEGMENT_BYTES} bytes`);
  }
}

function badPath(text: string, fault: string): RejectedError {
  return new RejectedError('bad-object-path', `The object path ${quote(text)} cannot be used: ${fault}.`);
}

/** On one line whatever the text holds, and bounded: it goes into logs and error records. */
function quote(text: string): string {
  const start = text.length > 300 ? `${text.slice(0, 300)}...` : text;
  return JSON.stringify(start.toWellFormed());
}
