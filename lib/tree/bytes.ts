// Names as bytes. A path on Linux is bytes, and S3 lists keys in the order of their bytes; a JavaScript string
// has neither. So paths and keys are held as strings in which each character is one byte: `<` compares them as
// S3 does, and a name that is not UTF-8 survives.
import { isUtf8 } from 'node:buffer';

/** Bytes, one character each (latin1). */
export type Bytes = string & { readonly isBytes: true };

const HIGH = /[\x80-\xff]/;

/** The UTF-8 bytes of a text. */
export function bytesOf(text: string): Bytes {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything that is ASCII
  return (/^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as Bytes;
}

/** The text that UTF-8 bytes stand for; what is not UTF-8 becomes U+FFFD. For messages and patterns. */
export function textOf(bytes: Bytes): string {
  return HIGH.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

export function isText(bytes: Bytes): boolean {
  return !HIGH.test(bytes) || isUtf8(Buffer.from(bytes, 'latin1'));
}

/** What node:fs takes for a path of these bytes. */
export function pathOf(bytes: Bytes): string | Buffer {
  return HIGH.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes;
}

/** Joins a folder and a name or relative path. */
export function joinPath(folder: Bytes, name: Bytes): Bytes {
  return `${folder}/${name}` as Bytes;
}
