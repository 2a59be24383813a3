import { deflateSync } from 'node:zlib';

type ExrShape = { readonly width: number; readonly height: number; readonly parts?: number; readonly zip?: boolean };

/** An OpenEXR file with two channels of halves in each part, stored as it is or as ZIP. */
export function exrBytes({ width, height, parts = 1, zip = false }: ExrShape): Buffer {
  const multiPart = parts > 1;
  const linesPerChunk = zip ? 16 : 1;
  const chunkCount = Math.ceil(height / linesPerChunk);
  const part = Buffer.concat([
    attribute('channels', 'chlist', Buffer.concat([channel('G'), channel('R'), Buffer.alloc(1)])),
    attribute('compression', 'compression', Buffer.from([zip ? 3 : 0])),
    attribute('dataWindow', 'box2i', ints(0, 0, width - 1, height - 1)),
    ...(multiPart ? [attribute('chunkCount', 'int', ints(chunkCount))] : []),
    Buffer.alloc(1),
  ]);
  const headers = [ints(0x01312f76, multiPart ? 0x1002 : 2), ...Array.from({ length: parts }, () => part)];
  const header = Buffer.concat([...headers, Buffer.alloc(multiPart ? 1 : 0)]);
  const chunks = Array.from({ length: parts * chunkCount }, (_, at) => {
    const line = (at % chunkCount) * linesPerChunk;
    const pixels = Buffer.alloc(width * 4 * Math.min(linesPerChunk, height - line), at);
    const data = zip ? deflateSync(pixels) : pixels;
    return Buffer.concat([ints(...(multiPart ? [Math.floor(at / chunkCount)] : []), line, data.length), data]);
  });
  let offset = header.length + chunks.length * 8;
  const table = chunks.map((chunk) => long((offset += chunk.length) - chunk.length));
  return Buffer.concat([header, ...table, ...chunks]);
}

function attribute(name: string, type: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0${type}\0`), ints(value.length), value]);
}

function channel(name: string): Buffer {
  return Buffer.concat([Buffer.from(`${name}\0`), ints(1, 0, 1, 1)]);
}

function ints(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}

function long(value: number): Buffer {
  return Buffer.from(BigInt64Array.of(BigInt(value)).buffer);
}
