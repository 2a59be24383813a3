import fc, { type IProperty, type IAsyncProperty } from 'fast-check';

/** `npm run test:fuzz` asks for many more. */
const cases = Number(process.env['FUZZ_CASES'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const settings = { numRuns: cases, seed };

/** Holds for as many cases as are asked for; a failure prints the case, made as small as can be, and the seed. */
export function fuzz<Values>(property: IProperty<Values>): void {
  fc.assert(property, settings);
}

/** The same, where a case takes long: for a twentieth of them. */
export async function fuzzSlowly<Values>(property: IAsyncProperty<Values>): Promise<void> {
  await fc.assert(property, { ...settings, numRuns: Math.ceil(cases / 20) });
}

/** Text of any characters, halves of surrogate pairs among them, and of what means something to a parser. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      fc.constantFrom(
        ...['/', '..', '.', '\\', '\0', '\n', '-', ' ', '"', '{', '}', '[', ']', ':', ',', '1e999', '__proto__'],
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** JSON values, and what is nearly one. */
export const anyJson = fc.oneof(
  fc.json({ maxDepth: 6, stringUnit: 'binary' }),
  fc
    .tuple(fc.json({ maxDepth: 3 }), fc.nat(200), anyText)
    .map(([json, at, text]) => json.slice(0, at) + text + json.slice(at)),
  fc.tuple(fc.constantFrom('[', '{"a":', '"', '['.repeat(600)), fc.nat(30)).map(([text, times]) => text.repeat(times)),
  fc.bigInt().map((number) => `{"jobId":${number},"numFrames":${number}}`),
);
