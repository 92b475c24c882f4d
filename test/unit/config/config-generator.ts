import * as arrays from './array-pieces.js';
import * as pieces from './config-pieces.js';
import { Random } from './random.js';

/** Makes random configs from a seed, right and wrong ones. */
export class ConfigGenerator {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** A config with a few lines, sometimes damaged in one place. */
  config(): string {
    const text = this.#random.chance(0.05) ? this.#soup() : this.#lines();
    return this.#random.chance(0.12) ? this.#damaged(text) : text;
  }

  #lines(): string {
    let text = '';
    for (let lines = 1 + this.#random.below(5); lines > 0; lines -= 1) {
      text += this.#line() + (lines === 1 && this.#random.chance(0.2) ? '' : '\n');
    }
    return text;
  }

  #line(): string {
    const roll = this.#random.next();
    if (roll < 0.1)
      return this.#blank() + this.#random.pick(['', '# a comment', '#it\'s "quoted" \\', '#', '# ü $(no) `']);
    if (roll < 0.118) return this.#random.pick(roll < 0.115 ? pieces.refused : arrays.refusedArrays);
    const commands = [this.#command()];
    while (this.#random.chance(0.15)) commands.push(this.#command());
    const separator = this.#random.pick([';', ' ; ', ';  ', ';\t']);
    const end = this.#random.pick([
      '',
      '',
      '',
      '',
      ' ',
      '\t',
      ';',
      ' ;',
      ' # comment',
      '\t#c',
      "; # it's",
      ' \\\n',
      ' \\\n# c',
    ]);
    return this.#blank() + commands.join(separator) + end;
  }

  #command(): string {
    const words = [this.#assignment()];
    while (this.#random.chance(0.2)) words.push(this.#assignment());
    if (this.#random.chance(0.01)) {
      const name = this.#random.pick(['GREETING', 'AWS_PROFILE', 'LOCAL_LIST']);
      words.push(`${name}=${this.#value()}`, `AWS_BUCKET=$${name}`);
    }
    if (!this.#random.chance(0.2)) {
      if (this.#random.chance(0.25)) words.splice(this.#random.below(words.length + 1), 0, this.#array());
      return words.join(this.#gap());
    }
    while (this.#random.chance(0.3))
      words.splice(this.#random.below(words.length + 1), 0, this.#random.pick(pieces.names));
    return `export ${this.#gap()}${words.join(this.#gap())}`;
  }

  #assignment(): string {
    return `${this.#random.chance(0.01) ? 'HOME' : this.#random.pick(pieces.names)}=${this.#value()}`;
  }

  #array(): string {
    const gap = () => this.#random.pick(arrays.gapsInArrays);
    let text = this.#random.chance(0.5) ? 'EXCLUDE=(' : `EXCLUDE=(${gap()}`;
    while (this.#random.chance(0.7)) text += this.#element() + gap();
    return text + (this.#random.chance(0.5) ? this.#element() : '') + (this.#random.chance(0.02) ? '' : ')');
  }

  #element(): string {
    const roll = this.#random.next();
    if (roll < 0.3) return `'${this.#some(pieces.inSingleQuotes)}'`;
    if (roll < 0.55) return `"${this.#some(pieces.inDoubleQuotes)}"`;
    if (roll < 0.85) return this.#random.pick(arrays.wordsInArrays);
    if (roll < 0.86) return this.#random.pick(arrays.refusedInArrays);
    let element = `x\\${this.#random.pick(pieces.escaped)}`;
    while (this.#random.chance(0.5))
      element += `'${this.#some(pieces.inSingleQuotes)}'#${this.#random.pick([...'ü:='])}`;
    return element;
  }

  #value(): string {
    if (this.#random.chance(0.015))
      return this.#random.pick(['~', '~:~', '~/x:~', '~root', '~+', '~"/x"', '~\\/x']);
    let value = this.#random.chance(0.15) ? this.#random.pick(['~/', '~/x', '~/x', '~/x:/']) : '';
    while (this.#random.chance(0.65)) value += this.#piece();
    return value;
  }

  #piece(): string {
    const roll = this.#random.next();
    if (roll < 0.3) return this.#some(pieces.unquoted);
    if (roll < 0.5) return `'${this.#some(pieces.inSingleQuotes)}'`;
    if (roll < 0.75) return `"${this.#some(pieces.inDoubleQuotes)}"`;
    if (roll < 0.76) return this.#variable();
    if (roll < 0.9) return `\\${this.#random.pick(pieces.escaped)}`;
    if (roll < 0.97) return this.#random.pick([':', '/', 'a', '=', '#', '\\\n']);
    if (roll < 0.98) return this.#random.pick([':~/', ':~/x', ':~:', '/~', 'a~', '$', '$/', '$:~']);
    return this.#random.pick(pieces.refusedInWords);
  }

  #some(pieces: readonly string[]): string {
    let text = '';
    while (this.#random.chance(0.75))
      text += this.#random.chance(0.1) ? this.#random.pick(['abc', '/a/b', 'x1']) : this.#random.pick(pieces);
    return this.#random.chance(0.02) ? text.replace('@', this.#variable()) : text;
  }

  #variable(): string {
    const name = this.#random.chance(0.04) ? 'NOWHERE' : this.#random.pick(pieces.readable);
    return this.#random.chance(0.5) ? `\${${name}}` : `$${name}`;
  }

  /** Special characters in random order. */
  #soup(): string {
    let text = this.#random.chance(0.2) ? 'EXCLUDE=(' : `${this.#random.pick(pieces.names)}=`;
    for (let left = this.#random.below(14); left > 0; left -= 1)
      text += this.#random.pick(pieces.ingredients);
    return text;
  }

  #damaged(text: string): string {
    const at = this.#random.below(text.length + 1);
    return (
      text.slice(0, at) +
      (this.#random.chance(0.6) ? this.#random.pick(pieces.ingredients) : '') +
      text.slice(at + this.#random.below(2))
    );
  }

  #gap(): string {
    return this.#random.pick([' ', ' ', ' ', '  ', '\t', ' \\\n', ' \\\n  ', '\\\n ']);
  }

  #blank(): string {
    return this.#random.pick(['', '', '', ' ', '\t', '   ', '\\\n']);
  }
}
