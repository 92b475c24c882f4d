/**
 * Variables that bash sets, changes or obeys, so that their assignment has side effects. `HOME` decides what a `~`
 * stands for. `PATH` and the like do not affect how bash reads the file.
 */
const bashsOwn = new Set(
  `_ CHILD_MAX COLUMNS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID EXECIGNORE FCEDIT FIGNORE FUNCNAME FUNCNEST
   GLOBIGNORE GLOBSORT GROUPS HOME HOSTFILE HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC INSIDE_EMACS LINENO LINES
   LOGGER_ID MACHTYPE MAIL MAILCHECK MAILPATH MAPFILE OLDPWD OPTARG OPTERR OPTIND OSTYPE PIPESTATUS
   POSIXLY_CORRECT PPID PROMPT_COMMAND PROMPT_DIRTRIM PS0 PS1 PS2 PS3 PS4 PWD RANDOM REPLY SECONDS SHELLOPTS
   SHLVL SRANDOM TERMCAP TERMINFO TEXTDOMAIN TEXTDOMAINDIR TIMEFORMAT TMOUT UID auto_resume histchars
   ignoreeof`.split(/\s+/),
);
const bashsOwnPattern = /^(BASH|COMP_|COMPREPLY|COPROC|HIST|READLINE_)/;

export function isBashsOwn(name: string): boolean {
  return bashsOwn.has(name) || bashsOwnPattern.test(name);
}

/** Whether the variable decides how bash reads a byte above 127. */
export function isCharsetVariable(name: string): boolean {
  return name === 'LANG' || name === 'LC_ALL' || name === 'LC_CTYPE';
}

/** Whether bash reads UTF-8 text byte by byte, or as UTF-8, in this environment's locale. */
export function isPlainCharset(environment: NodeJS.ProcessEnv): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || 'C';
  return locale === 'C' || locale === 'POSIX' || /\.utf-?8(@.*)?$/i.test(locale);
}

/** The variable, if any, that makes bash behave in another way than the lexer expects. */
export function bashModifier(environment: NodeJS.ProcessEnv): string | undefined {
  const names = ['BASH_ENV', 'BASHOPTS', 'BASH_COMPAT', 'SHELLOPTS', 'POSIXLY_CORRECT', 'BASH_FUNC_export%%'];
  const found = names.find((name) => environment[name] !== undefined);
  return found === undefined ? undefined : `the environment variable ${found}`;
}
