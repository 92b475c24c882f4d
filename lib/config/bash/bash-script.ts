import { assignedBeforehand, LIST_NAME, scalarNames } from '../settings.js';

/** Where bash gets the config's text; descriptor 3 is for what it reports. */
const TEXT_DESCRIPTOR = 4;
export const TEXT_PATH = `/dev/fd/${TEXT_DESCRIPTOR}`;

const defaults = Object.entries(assignedBeforehand).map(([name, value]) => `${name}='${value}'`);

/**
 * What the original does before it reads its config, `$1`. The key is taken out of the
 * environment first: no program that the config starts is to inherit it, unless the config exports it itself.
 */
export const prologue = `set -u
export -n ENCRYPTION_KEY
LOGGER_ID="encrypted-s3-sync[$$]"
CONFIG_FILE="$1"
unset -v ${LIST_NAME}
${defaults.join('\n')}
`;

/**
 * Prints what the shell holds, on descriptor 3 and with a NUL after each piece: `done`, the
 * directory, all names, the settings, the array's elements and the exported variables. Its first
 * line undoes what the config may have switched on.
 */
export const epilogue = `{ set +aefuvx; trap - DEBUG ERR RETURN; } 2>/dev/null
__print() {
  local __name
  for __name in "$@"; do
    [[ -z "\${!__name+x}" ]] || builtin printf '%s=%s\\0' "$__name" "\${!__name}"
  done
  builtin printf '\\0'
}
__print_list() {
  local __element __declared="$(builtin declare -p ${LIST_NAME} 2>/dev/null)"
  if [[ "$__declared" =~ ^'declare -'[^[:blank:]]*[aA] || -n "\${${LIST_NAME}-}" ]]; then
    for __element in "\${${LIST_NAME}[@]}"; do builtin printf '${LIST_NAME}=%s\\0' "$__element"; done
  fi
  builtin printf '\\0'
}
{
  builtin printf 'done\\0%s\\0' "$(builtin pwd)"
  builtin compgen -v
  builtin printf '\\0'
  __print ${scalarNames.join(' ')}
  __print_list
  export -n ENCRYPTION_KEY ${LIST_NAME}
  mapfile -t __exported < <(builtin compgen -e)
  __print "\${__exported[@]}"
  builtin printf 'end\\0'
} >&3
`;

/**
 * The whole program: the names before, the config, and the rest unless the config failed.
 * @param source the shell word for where the config's text is
 */
export function readerScript(source = TEXT_PATH): string {
  return `${prologue}
{ builtin compgen -v; builtin printf '\\0'; } >&3
source ${source} 3>&- || { builtin printf 'failed\\0%s\\0' "$?" >&3; exit 1; }
${epilogue}`;
}

/**
 * What bash is given at `TEXT_PATH`: the config, its lines where they were. No program that the
 * config starts inherits the descriptor, and `BASH_SOURCE`, which would be `TEXT_PATH`, is read
 * from `CONFIG_FILE`: a config that looks for files next to itself finds them.
 * @param text a character for each byte of the config
 */
export function textForBash(text: string): Buffer {
  const named = text.replaceAll(/\$(\{?)BASH_SOURCE(?![A-Za-z0-9_])/g, '$$$1CONFIG_FILE');
  return Buffer.from(`exec ${TEXT_DESCRIPTOR}<&-; ${named}`, 'latin1');
}
