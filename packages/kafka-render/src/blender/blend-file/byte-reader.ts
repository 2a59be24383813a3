/** Bytes in order, of a file or of what it unpacks to. */
export interface ByteReader extends AsyncDisposable {
  /** The next bytes; fewer when the end comes first. */
  read(length: number): Promise<Buffer>;
  /** Leaves out bytes, and returns how many: fewer when the end comes first. */
  skip(length: number): Promise<number>;
}

/** The bytes end too early, or what holds them is damaged. */
export class EndOfBytesError extends Error {}

/** Reads exactly `length` bytes. */
export async function take(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.read(length);
  expectAll(bytes.length, length);
  return bytes;
}

/** Leaves out exactly `length` bytes. */
export async function pass(reader: ByteReader, length: number): Promise<void> {
  expectAll(await reader.skip(length), length);
}

function expectAll(found: number, length: number): void {
  if (found < length) {
    throw new EndOfBytesError(`it ends after ${found} of ${length} bytes that must follow`);
  }
}
