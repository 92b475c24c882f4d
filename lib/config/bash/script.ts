// The program that bash runs to read a config, and where bash finds the config's text.
import { ARRAY_NAME, defaults, scalarNames } from '../settings.js';

/** Bash reads the config's text from this descriptor; 3 is for its report. */
const TEXT_DESCRIPTOR = 4;
export const TEXT_PATH = `/dev/fd/${TEXT_DESCRIPTOR}`;

const assignments = Object.entries(defaults).map(([name, value]) => `${name}='${value}'`);

/**
 * The original's steps before it reads its config, `$1`. In addition, the key is no longer exported: programs that the
 * config starts do not inherit it, unless the config exports it.
 */
const prologue = `set -u
export -n ENCRYPTION_KEY
LOGGER_ID="encrypted-s3-sync[$$]"
CONFIG_FILE="$1"
unset -v ${ARRAY_NAME}
${assignments.join('\n')}
`;

/**
 * Prints the state of the shell to descriptor 3, each piece followed by a NUL: `done`, the directory, all names, the
 * settings, the array's elements, the exported variables, `end`. First it resets options that the config may have set.
 */
const epilogue = `{ set +aefuvx; trap - DEBUG ERR RETURN; } 2>/dev/null
__print() {
  local __name
  for __name in "$@"; do
    [[ -z "\${!__name+x}" ]] || builtin printf '%s=%s\\0' "$__name" "\${!__name}"
  done
  builtin printf '\\0'
}
__print_array() {
  local __element __declared="$(builtin declare -p ${ARRAY_NAME} 2>/dev/null)"
  if [[ "$__declared" =~ ^'declare -'[^[:blank:]]*[aA] || -n "\${${ARRAY_NAME}-}" ]]; then
    for __element in "\${${ARRAY_NAME}[@]}"; do builtin printf '${ARRAY_NAME}=%s\\0' "$__element"; done
  fi
  builtin printf '\\0'
}
{
  builtin printf 'done\\0%s\\0' "$(builtin pwd)"
  builtin compgen -v
  builtin printf '\\0'
  __print ${scalarNames.join(' ')}
  __print_array
  export -n ENCRYPTION_KEY ${ARRAY_NAME}
  mapfile -t __exported < <(builtin compgen -e)
  __print "\${__exported[@]}"
  builtin printf 'end\\0'
} >&3
`;

/**
 * The whole program: it prints the names before the config, reads the config, and prints the rest unless that fails.
 * @param source the shell word for the file with the config's text
 */
export function readerScript(source = TEXT_PATH): string {
  return `${prologue}
{ builtin compgen -v; builtin printf '\\0'; } >&3
source ${source} 3>&- || { builtin printf 'failed\\0%s\\0' "$?" >&3; exit 1; }
${epilogue}`;
}

/**
 * The bytes for `TEXT_PATH`: the config, with the same numbers of lines. Programs that the config starts do not inherit
 * the descriptor. `BASH_SOURCE`, which would be `TEXT_PATH`, becomes `CONFIG_FILE`, so that a config finds files beside
 * itself.
 * @param text a character for each byte of the config
 */
export function textForBash(text: string): Buffer {
  const named = text.replaceAll(/\$(\{?)BASH_SOURCE(?![A-Za-z0-9_])/g, '$$$1CONFIG_FILE');
  return Buffer.from(`exec ${TEXT_DESCRIPTOR}<&-; ${named}`, 'latin1');
}
