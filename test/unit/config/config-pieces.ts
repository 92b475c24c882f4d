/** The environment of the configs, with awkward values. */
export const environment = {
  HOME: '/home/user',
  GREETING: 'hello  world',
  EMPTY: '',
  TRICKY: `a\\b'c"d$e*~:~\`{x,y}`,
  UMLAUT: 'für 日本',
  TWO_LINES: 'one\ntwo\n',
  AWS_PROFILE: 'from-environment',
  AWS_REGION: 'from-environment',
  EXCLUDE: 'from-environment',
  MAX_DELETE_PERCENT: 'from-environment',
  ENCRYPTION_KEY: 'from-environment',
  'not.a.name': 'kept',
};

/** The names that the configs assign. */
export const names = [
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
  ...['MAX_DELETE_PERCENT', 'ALLOW_UNVERSIONED_DELETE', 'EXCLUDE'],
  ...['GREETING', 'UMLAUT', 'OTHER', 'constructor'],
];
/** The names that the configs expand as `$NAME`, which only bash does. */
export const readable = [
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
/** Characters that the parts of a word may contain. */
export const unquoted = [...plain, '#'];
export const inSingleQuotes = [...plain, ...' \t\n"\\$`;&|<>(){#~', '$(', '${', '\\\n'];
export const inDoubleQuotes = [
  ...[...plain, ..." \t\n';&|<>(){#~", '@', '\\\\', '\\"', '\\$', '\\`', '\\\n', '\\a', "\\'", '\\!', '\\~'],
  ...[':~/'],
];
export const escaped = [...plain, ...' \t"\'\\$`;&|<>(){#~\n'];
/** Characters that damage a config. */
export const ingredients = [
  ...' \t\n"\'\\$`;&|<>(){}#~:=!*?[]^%+,',
  ...['\\\n', '${', '$(', '~/', 'a', 'A=', 'HOME', 'export ', 'ü', 'B', '1'],
];
/** Words and lines that the lexer leaves to bash. */
export const refusedInWords = [
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
export const refused = [
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
