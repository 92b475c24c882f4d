// Paths and keys as bytes. Linux's paths are bytes, and S3 lists keys in the order of their bytes. Here they are
// strings with one character for each byte: `<` compares them as S3 does, and names that are not UTF-8 are not altered.
import { isUtf8 } from 'node:buffer';

/** One character for each byte (latin1). */
export type Bytes = string & { readonly isBytes: true };

const HIGH = /[\x80-\xff]/;

/** The UTF-8 bytes of `text`. */
export function bytesOf(text: string): Bytes {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is ASCII
  return (/^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as Bytes;
}

/** The text of UTF-8 bytes, for messages and patterns. Invalid bytes become U+FFFD. */
export function textOf(bytes: Bytes): string {
  return HIGH.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/** True if the bytes are UTF-8. */
export function isText(bytes: Bytes): boolean {
  return !HIGH.test(bytes) || isUtf8(Buffer.from(bytes, 'latin1'));
}

/** The path of these bytes, for node:fs. */
export function pathOf(bytes: Bytes): string | Buffer {
  return HIGH.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes;
}

/** @param name or a relative path */
export function joinPath(folder: Bytes, name: Bytes): Bytes {
  return `${folder}/${name}` as Bytes;
}

/** The key of the folder that `key` is in; '' at the top. */
export function parentOf(key: Bytes): Bytes {
  return key.slice(0, withoutSlash(key).lastIndexOf('/') + 1) as Bytes;
}

export function withoutSlash(key: Bytes): Bytes {
  return (key.endsWith('/') ? key.slice(0, -1) : key) as Bytes;
}

/** True for a key that the path of a file or folder can be, in the only spelling of that path. */
export function isPath(key: Bytes): boolean {
  const names = withoutSlash(key).split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
}
