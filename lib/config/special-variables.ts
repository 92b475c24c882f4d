/**
 * Variables that bash sets, changes or acts upon by itself. The lexer neither reads nor
 * assigns them. `PATH`, `HOME` and the like are not here: bash takes them as they are.
 */
const setByBash = new Set(
  `_ CHILD_MAX COLUMNS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE FUNCNAME FUNCNEST
   GLOBIGNORE GLOBSORT GROUPS HOSTFILE HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC INSIDE_EMACS LINENO LINES
   LOGGER_ID MACHTYPE MAIL MAILCHECK MAILPATH MAPFILE OLDPWD OPTARG OPTERR OPTIND OSTYPE PIPESTATUS
   POSIXLY_CORRECT PPID PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PWD RANDOM REPLY SECONDS SHELLOPTS
   SHLVL SRANDOM TERMCAP TERMINFO TEXTDOMAIN TEXTDOMAINDIR TIMEFORMAT TMOUT UID auto_resume histchars
   ignoreeof`.split(/\s+/),
);
const setByBashPattern = /^(BASH|COMP_|COMPREPLY|COPROC|HIST|READLINE_)/;

export function isSetByBash(name: string): boolean {
  return setByBash.has(name) || setByBashPattern.test(name);
}

/** Variables that bash gives a value of its own where the environment has none. */
const defaultedByBash = new Set(['PATH', 'TERM', 'SHELL', 'HOME']);

export function isDefaultedByBash(name: string): boolean {
  return defaultedByBash.has(name);
}

/** Variables that decide how bash takes a byte above 127. */
export function isCharsetVariable(name: string): boolean {
  return name === 'LANG' || name === 'LC_ALL' || name === 'LC_CTYPE';
}

/** May the lexer read UTF-8 text as bash does in this environment's locale? */
export function isPlainCharset(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || 'C';
  return locale === 'C' || locale === 'POSIX' || /\.utf-?8(@.*)?$/i.test(locale);
}

/** What in the environment makes bash itself behave in another way than the lexer expects, if anything. */
export function bashModifier(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const names = ['BASH_ENV', 'BASHOPTS', 'BASH_COMPAT', 'SHELLOPTS', 'POSIXLY_CORRECT', 'BASH_FUNC_export%%'];
  const found = names.find((name) => environment[name] !== undefined);
  return found === undefined ? undefined : `the environment variable ${found}`;
}
