/** What may stand between the elements of an array. */
export const gapsInArrays = [
  ...[' ', ' ', ' ', '  ', '\t', '\n', '\n  ', '\n\n\t', ' \\\n', '\\\n ', ' # comment\n', " # it's\n"],
  ...['\n#)\n', '\n# (`$("\n ', ' #\\\n', '\n\\\n# ü\n'],
];
/** Unquoted words in an array that bash takes literally. */
export const wordsInArrays = [
  ...['if', 'then', 'fi', 'time', 'do', '!', '}', ']', ']]', '-n', '--', '%s', 'a=b', 'A+=b', 'LOCAL_DIR=/x'],
  ...['in', 'EXCLUDE=', 'a\\\n#b', "'['0]=x", '\\[1]=x', '"[2]"=x', '"~"/x', '\\~', "'*'.tmp", 'cache/\\*'],
  ...['""', "''", '"a\nb"', "'a\nb'", '^', 'a,b', '"*"', "'a b/*'"],
];
/** Words in an array that bash expands or refuses. */
export const refusedInArrays = [
  ...[
    '*',
    '*.tmp',
    'a?',
    '[ab]',
    '[3]=x',
    '[x]=y',
    '$',
    'a$',
    '$HOME',
    '"$HOME"',
    '${GREETING}',
    '$EMPTY',
    '~',
    '~/x',
    'a:~',
    'a=~',
  ],
  ...[
    '{a,b}',
    'a;b',
    ';',
    '&',
    '|',
    '<',
    '>x',
    '(a)',
    'a(b)',
    'A=(b)',
    '$(echo a)',
    '`echo a`',
    '$)',
    "$'a'",
  ],
];
/** Arrays that the lexer leaves to bash as a whole. */
export const refusedArrays = [
  ...['EXCLUDE+=(a b)', 'export EXCLUDE=(a b)', 'declare -a EXCLUDE=(a)', 'EXCLUDES=(a)', 'EXCLUDE[0]=a'],
  ...[
    'EXCLUDE=(a)b',
    'EXCLUDE=(a)#c',
    'EXCLUDE=\\\n(a)',
    'EXCLUDE=(a)\\\n',
    'EXCLUDE= (a)',
    'EXCLUDE=(a)\nEXCLUDE=b',
  ],
  ...['EXCLUDE=(a)\nLOCAL_LIST=$EXCLUDE', 'EXCLUDE=(a) true', 'EXCLUDE=(a) && A=1'],
];
