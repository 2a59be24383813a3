/** User metadata of an object. Servers give the names back in lower case. */
export type ObjectMetadata = Readonly<Record<string, string>>;

/**
 * Metadata travels in HTTP headers, which carry printable ASCII and lose blanks at the ends. Other values are sent as
 * one encoded word (RFC 2047, base64), which says itself that it is one; `decodeMetadata` gives them back.
 */
export function encodeMetadata(metadata: ObjectMetadata): Record<string, string> {
  return mapValues(metadata, (value) => {
    const safe = /^[\x20-\x7e]*$/.test(value) && value.trim() === value && !value.startsWith('=?');
    return safe ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
  });
}

/** Reverses `encodeMetadata`; values that are no such encoded word stay as they are. */
export function decodeMetadata(metadata: ObjectMetadata): Record<string, string> {
  return mapValues(metadata, (value) => {
    const encoded = /^=\?UTF-8\?B\?([A-Za-z0-9+/]*=*)\?=$/i.exec(value)?.[1];
    return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString();
  });
}

function mapValues(record: ObjectMetadata, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
