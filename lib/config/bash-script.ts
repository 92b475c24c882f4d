import { assignedBeforehand, LIST_NAME, scalarNames } from './settings.js';

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

/** The whole program: the names before, the config, and the rest unless the config failed. */
export const readerScript = `${prologue}
{ builtin compgen -v; builtin printf '\\0'; } >&3
source "$1" 3>&- || { builtin printf 'failed\\0%s\\0' "$?" >&3; exit 1; }
${epilogue}`;
