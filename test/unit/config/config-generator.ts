/** Makes configs out of a seed: what people write, and what they should not. */
export class ConfigGenerator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A config with a few lines, sometimes damaged in one place. */
  config(): string {
    const text = this.#chance(0.05) ? this.#soup() : this.#lines();
    return this.#chance(0.12) ? this.#damaged(text) : text;
  }

  #lines(): string {
    let text = '';
    for (let lines = 1 + this.#below(5); lines > 0; lines -= 1) {
      text += this.#line() + (lines === 1 && this.#chance(0.2) ? '' : '\n');
    }
    return text;
  }

  #line(): string {
    const roll = this.#next();
    if (roll < 0.1)
      return this.#blank() + this.#pick(['', '# a comment', '#it\'s "quoted" \\', '#', '# ü $(no) `']);
    if (roll < 0.115) return this.#pick(refused);
    const commands = [this.#command()];
    while (this.#chance(0.15)) commands.push(this.#command());
    const separator = this.#pick([';', ' ; ', ';  ', ';\t']);
    const end = this.#pick([
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
    while (this.#chance(0.2)) words.push(this.#assignment());
    if (this.#chance(0.1)) {
      const name = this.#pick(['GREETING', 'AWS_PROFILE', 'LOCAL_LIST']);
      words.push(`${name}=${this.#value()}`, `AWS_BUCKET=$${name}`);
    }
    if (!this.#chance(0.2)) return words.join(this.#gap());
    while (this.#chance(0.3)) words.splice(this.#below(words.length + 1), 0, this.#pick(names));
    return `export ${this.#gap()}${words.join(this.#gap())}`;
  }

  #assignment(): string {
    return `${this.#chance(0.01) ? 'HOME' : this.#pick(names)}=${this.#value()}`;
  }

  #value(): string {
    if (this.#chance(0.015)) return this.#pick(['~', '~:~', '~/x:~', '~root', '~+', '~"/x"', '~\\/x']);
    let value = this.#chance(0.15) ? this.#pick(['~/', '~/x', '~/x:~/', '~:']) : '';
    while (this.#chance(0.65)) value += this.#piece();
    return value;
  }

  #piece(): string {
    const roll = this.#next();
    if (roll < 0.3) return this.#some(unquoted);
    if (roll < 0.5) return `'${this.#some(inSingleQuotes)}'`;
    if (roll < 0.75) return `"${this.#some(inDoubleQuotes)}"`;
    if (roll < 0.83) return this.#variable();
    if (roll < 0.9) return `\\${this.#pick(escaped)}`;
    if (roll < 0.97)
      return this.#pick([':~/', ':~/x', ':~:', ':', '/~', 'a~', '$', '$/', '$:~', '=', '#', '\\\n']);
    return this.#pick(refusedInWords);
  }

  #some(pieces: readonly string[]): string {
    let text = '';
    while (this.#chance(0.75))
      text += this.#chance(0.1) ? this.#pick(['abc', '/a/b', 'x1']) : this.#pick(pieces);
    return text.replace('@', this.#variable());
  }

  #variable(): string {
    const name = this.#chance(0.04) ? 'NOWHERE' : this.#pick(readable);
    return this.#chance(0.5) ? `\${${name}}` : `$${name}`;
  }

  /** Characters that mean something, in no order. */
  #soup(): string {
    let text = `${this.#pick(names)}=`;
    for (let left = this.#below(14); left > 0; left -= 1) text += this.#pick(ingredients);
    return text;
  }

  #damaged(text: string): string {
    const at = this.#below(text.length + 1);
    return (
      text.slice(0, at) + (this.#chance(0.6) ? this.#pick(ingredients) : '') + text.slice(at + this.#below(2))
    );
  }

  #gap(): string {
    return this.#pick([' ', ' ', ' ', '  ', '\t', ' \\\n', ' \\\n  ', '\\\n ']);
  }

  #blank(): string {
    return this.#pick(['', '', '', ' ', '\t', '   ', '\\\n']);
  }

  #pick(from: readonly string[]): string {
    return from[this.#below(from.length)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** mulberry32 */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** The environment the configs are read in; awkward values included. */
export const environment = {
  HOME: '/home/user',
  GREETING: 'hello  world',
  EMPTY: '',
  TRICKY: `a\\b'c"d$e*~:~\`{x,y}`,
  UMLAUT: 'für 日本',
  TWO_LINES: 'one\ntwo\n',
  AWS_PROFILE: 'from-environment',
  AWS_REGION: 'from-environment',
  ENCRYPTION_KEY: 'from-environment',
  'not.a.name': 'kept',
};

const names = [
  ...[
    'AWS_PROFILE',
    'AWS_REGION',
    'AWS_BUCKET',
    'AWS_RETENTION_DAYS',
    'LOCAL_DIR',
    'LOCAL_LOCK',
    'LOCAL_LIST',
  ],
  ...['REMOTE_DIR_PREFIX', 'FOLLOW_SYMLINKS', 'ENCRYPTION_KEY', 'AWS_NET_TIMEOUT', 'AWS_STORAGE_CLASS'],
  ...['GREETING', 'UMLAUT', 'OTHER', 'constructor'],
];
const readable = [
  'GREETING',
  'EMPTY',
  'TRICKY',
  'UMLAUT',
  'TWO_LINES',
  'HOME',
  'AWS_PROFILE',
  'AWS_REGION',
  'LOCAL_LIST',
];
const plain = [...'abcXYZ019_-+,./:=%@^[]}?*!', 'ü', '日本', '\u00a0', '\u2028', '\u3000', '🎒'];
const unquoted = [...plain, '#'];
const inSingleQuotes = [...plain, ...' \t\n"\\$`;&|<>(){#~', '$(', '${', '\\\n'];
const inDoubleQuotes = [
  ...[...plain, ..." \t\n';&|<>(){#~", '@', '\\\\', '\\"', '\\$', '\\`', '\\\n', '\\a', "\\'", '\\!', '\\~'],
  ...['$ ', '$/', '$.', '$=', '$%', ':~/'],
];
const escaped = [...plain, ...' \t"\'\\$`;&|<>(){#~\n'];
const ingredients = [
  ...' \t\n"\'\\$`;&|<>(){}#~:=!*?[]^%+,',
  '\\\n',
  '${',
  '$(',
  '~/',
  'a',
  'A=',
  'HOME',
  'export ',
  'ü',
  'B',
  '1',
];
const refusedInWords = [
  ...[
    '`echo x`',
    '$(echo x)',
    '$((1+1))',
    '${HOME:-x}',
    '${#HOME}',
    "$'a\\n'",
    '$"x"',
    '{a,b}',
    '$1',
    '$$',
    '$?',
  ],
  ...[
    '$UID',
    '$RANDOM',
    '${BASH_VERSION}',
    '$_',
    '$PWD',
    '@(a|b)',
    '<(true)',
    '&',
    '|cat',
    '>/dev/null',
    '(a b)',
  ],
];
const refused = [
  ...[
    'true',
    ':',
    'AWS_REGION+=x',
    'export -n GREETING',
    'export',
    'declare AWS_REGION=x',
    'unset GREETING',
    '!',
  ],
  ...[
    'A=1 true',
    'if true; then LOCAL_DIR=/x; fi',
    'AWS_REGION=(a b)',
    'UID=3',
    'IFS=:',
    'set +u',
    'A=1 && B=2',
  ],
  ...[
    'readonly LOCAL_DIR=x',
    'A[0]=1',
    'f() { true; }',
    'cat <<E\nE',
    '{ A=1; }',
    '(A=1)',
    '; A=1',
    'A=1;; B=2',
    'A=1 &',
  ],
];
