/** What is needed of the header of one part of an OpenEXR file (https://openexr.com/en/latest/OpenEXRFileLayout.html). */
export type ExrPart = {
  readonly channels: readonly ExrChannel[];
  readonly compression: number;
  readonly dataWindow: { readonly xMin: number; readonly yMin: number; readonly xMax: number; readonly yMax: number };
  /** Only written in files of several parts. */
  readonly chunkCount?: number;
};

/** `type`: 0 unsigned integer, 1 half, 2 float. */
export type ExrChannel = { readonly type: number; readonly xSampling: number; readonly ySampling: number };

export type ExrHeader = {
  readonly multiPart: boolean;
  readonly parts: readonly ExrPart[];
  /** Where the offset tables begin. */
  readonly length: number;
};

const magic = 0x01312f76;
const flags = { tiled: 0x200, deep: 0x800, multiPart: 0x1000 };

/** The header at the start of `bytes`; a RangeError when it goes on beyond them. */
export function parseExrHeader(bytes: Buffer): ExrHeader {
  const reader = new HeaderReader(bytes);
  if (reader.int() !== magic) {
    throw new Error('this is not OpenEXR');
  }
  const version = reader.int();
  if ((version & 0xff) !== 2 || (version & (flags.tiled | flags.deep)) !== 0) {
    throw new Error(`this kind of OpenEXR is not supported (version field ${version})`);
  }
  const multiPart = (version & flags.multiPart) !== 0;
  const parts = multiPart ? readParts(reader) : [readPart(reader)];
  return { multiPart, parts, length: reader.position };
}

/** Headers of several parts end with an empty one. */
function readParts(reader: HeaderReader): ExrPart[] {
  const parts: ExrPart[] = [];
  while (!reader.atEmptyName()) {
    parts.push(readPart(reader));
  }
  reader.text();
  return parts;
}

function readPart(reader: HeaderReader): ExrPart {
  const attributes = new Map<string, HeaderReader>();
  for (let name = reader.text(); name !== ''; name = reader.text()) {
    reader.text(); // the attribute's type follows from its name
    attributes.set(name, reader.part(reader.int()));
  }
  const chunkCount = attributes.get('chunkCount')?.int();
  return {
    channels: readChannels(required(attributes, 'channels')),
    compression: required(attributes, 'compression').byte(),
    dataWindow: readBox(required(attributes, 'dataWindow')),
    ...(chunkCount !== undefined && { chunkCount }),
  };
}

function required(attributes: ReadonlyMap<string, HeaderReader>, name: string): HeaderReader {
  const value = attributes.get(name);
  if (!value) {
    throw new Error(`the header has no '${name}'`);
  }
  return value;
}

function readChannels(reader: HeaderReader): ExrChannel[] {
  const channels: ExrChannel[] = [];
  while (reader.text() !== '') {
    const type = reader.int();
    reader.int(); // one byte that says whether the channel is linear, three reserved ones
    channels.push({ type, xSampling: reader.int(), ySampling: reader.int() });
  }
  return channels;
}

function readBox(reader: HeaderReader): ExrPart['dataWindow'] {
  return { xMin: reader.int(), yMin: reader.int(), xMax: reader.int(), yMax: reader.int() };
}

class HeaderReader {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int(): number {
    const value = this.#bytes.readInt32LE(this.position);
    this.position += 4;
    return value;
  }

  byte(): number {
    const value = this.#bytes.readUInt8(this.position);
    this.position += 1;
    return value;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.position);
    if (end < 0) {
      throw new RangeError('a name has no end');
    }
    const text = this.#bytes.toString('latin1', this.position, end);
    this.position = end + 1;
    return text;
  }

  part(length: number): HeaderReader {
    if (length < 0 || this.position + length > this.#bytes.length) {
      throw new RangeError('an attribute goes on beyond the end');
    }
    this.position += length;
    return new HeaderReader(this.#bytes.subarray(this.position - length, this.position));
  }

  atEmptyName(): boolean {
    return this.#bytes.readUInt8(this.position) === 0;
  }
}
