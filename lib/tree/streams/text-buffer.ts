/** Encodes texts into one buffer that is used again: new ones would pile up until the next garbage collection. */
export class TextBuffer {
  #buffer = Buffer.alloc(0);

  /** The UTF-8 bytes of `text`, good until the next call. */
  encode(text: string): Buffer {
    // No character takes more than three bytes.
    if (this.#buffer.length < text.length * 3) this.#buffer = Buffer.alloc(text.length * 4);
    return this.#buffer.subarray(0, this.#buffer.write(text, 'utf8'));
  }
}
