/** A command line as one types it into a shell. */
export function asTyped(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
