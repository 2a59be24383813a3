import { zstdCompressSync } from 'node:zlib';

/** A file as Blender lays it out: header, blocks of every small size and a large one, the block that ends it. */
export function blendBytes(header: string): Buffer {
  const sizes = [...Array.from({ length: 50 }, (_, at) => at), 300_000];
  const blocks = sizes.flatMap((size) => [blockHead(header, 'DATA', size), Buffer.alloc(size, `${size} `)]);
  const description = Buffer.from('SDNANAME and the rest');
  const described = [blockHead(header, 'DNA1', description.length), description];
  return Buffer.concat([Buffer.from(header), ...blocks, ...described, blockHead(header, 'ENDB', 0)]);
}

function blockHead(header: string, code: string, length: number): Buffer {
  const large = header.startsWith('BLENDER17');
  const head = Buffer.alloc(large ? 32 : header[7] === '_' ? 20 : 24);
  head.write(code);
  if (large) {
    head.writeBigInt64LE(BigInt(length), 16);
  } else if (header[8] === 'V') {
    head.writeInt32BE(length, 4);
  } else {
    head.writeInt32LE(length, 4);
  }
  return head;
}

/** As Blender does from 3.0 on: a frame for each piece, and a skippable frame with an index at the end. */
export function zstdLikeBlender(bytes: Buffer, pieceBytes = 4096): Buffer {
  const count = Math.ceil(bytes.length / pieceBytes);
  const pieces = Array.from({ length: count }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes));
  const index = Buffer.alloc(8 + 40);
  index.writeUInt32LE(0x184d2a5e);
  index.writeUInt32LE(40, 4);
  return Buffer.concat([...pieces.map((piece) => zstdCompressSync(piece)), index]);
}
