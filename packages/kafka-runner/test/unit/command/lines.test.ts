import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from '../../../src/command/lines.ts';

function linesOf(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test('a newline, a carriage return with one, and a lone carriage return each end a line', () => {
  assert.deepEqual(linesOf('a\nb\r\nc\rd\n'), ['a', 'b', 'c', 'd']);
});

test('empty lines are lines; what stands after the last newline is one too', () => {
  assert.deepEqual(linesOf('\n\na\n\nb'), ['', '', 'a', '', 'b']);
  assert.deepEqual(linesOf(''), []);
  assert.deepEqual(linesOf('a\n'), ['a']);
});

test('a carriage return and its newline in two chunks are one end', () => {
  assert.deepEqual(linesOf('a\r', '\nb\r', 'c\r'), ['a', 'b', 'c']);
});

test('a progress display is a line as soon as the next one starts', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.push(Buffer.from(' 10%\r'));
  splitter.push(Buffer.from(' 20%\r'));
  assert.deepEqual(lines, [' 10%']);
});

test('a character that is cut in two is put together again', () => {
  const bytes = Buffer.from('日本\n🎬');
  assert.deepEqual(linesOf(...[...bytes].map((byte) => Buffer.from([byte]))), ['日本', '🎬']);
});

test('bytes that are no text become replacement characters and harm nothing else', () => {
  assert.deepEqual(linesOf(Buffer.from([0x61, 0xff, 0x0a, 0x62])), ['a\uFFFD', 'b']);
  assert.deepEqual(linesOf(Buffer.from('日').subarray(0, 2)), ['\uFFFD']);
});

test('five megabytes without a newline come in pieces as they arrive, and all of them', () => {
  const chunk = Buffer.alloc(65_536, 'x');
  let [pieces, longest, length, pushed, mostKept] = [0, 0, 0, 0, 0];
  const splitter = new LineSplitter((line) => {
    pieces += 1;
    longest = Math.max(longest, line.length);
    length += line.length;
  });
  for (let i = 0; i < 80; i += 1) {
    splitter.push(chunk);
    pushed += chunk.length;
    mostKept = Math.max(mostKept, pushed - length);
  }
  splitter.end();
  assert.deepEqual([length, longest], [5_242_880, 16_384]);
  assert.ok(pieces >= 320);
  assert.ok(mostKept <= 16_384, `${mostKept} characters were kept`);
});

test('a long line with a newline comes in pieces too', () => {
  assert.deepEqual(
    linesOf(`${'x'.repeat(40_000)}\nb\n`).map(({ length }) => length),
    [16_384, 16_384, 7_232, 1],
  );
});

test('however the text is cut into chunks, the lines are the same', () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'ß', '🎬', '\n', '\r', '\r\n') });
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (text, sizes) => {
      const bytes = Buffer.from(text);
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = sizes.next().value ?? 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      assert.deepEqual(linesOf(...chunks), linesOf(bytes));
    }),
  );
});
