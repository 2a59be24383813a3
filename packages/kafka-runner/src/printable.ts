/**
 * By these a text could give a terminal orders, or hide and reorder what a person reads: control characters, line and
 * paragraph separators, marks of direction.
 */
const orders = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Those that JSON lets stand in a text. */
const ordersInJson = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text as a person may see it, on one line whatever it holds. */
export function printable(text: string): string {
  return text.replaceAll(orders, escaped);
}

/** JSON that says the same and can be shown as it is. */
export function printableJson(json: string): string {
  return json.replaceAll(ordersInJson, escaped);
}

/**
 * A line of JSON whose texts a program decodes and shows: what would be an order then stands there as it is written, but for
 * the line breaks of a stack.
 */
export function printableDecoded(json: string): string {
  const line = printableJson(json);
  return line.replaceAll(/\\(?:u[0-9a-fA-F]{4}|.)/g, (escape, at: number) => {
    const character = JSON.parse(`"${escape}"`) as string;
    const isInStack = character === '\n' && /^ +at /.test(line.slice(at + escape.length));
    return isInStack || printable(character) === character ? escape : `\\${escape}`;
  });
}
