#compdef encrypted-s3 encrypted-s3-download-dir encrypted-s3-download-file encrypted-s3-download-key encrypted-s3-list-versions encrypted-s3-sync encrypted-s3-undelete encrypted-s3-upload-key
# zsh completion for encrypted-s3 and its programs: asks `encrypted-s3 complete`, which knows its own definitions.

_encrypted_s3() {
  local line text wants_files=''
  local -a asked texts shown folders
  asked=("${(@Q)words[1,CURRENT]}")
  if [[ ${asked[1]:t} == encrypted-s3 ]]; then
    shift asked
  else
    asked[1]=${${asked[1]:t}#encrypted-s3-}
  fi
  while IFS= read -r line; do
    text=${line%%$'\t'*}
    if [[ $line == :files ]]; then
      wants_files=yes
    elif [[ $text == */ ]]; then
      folders+=("$text")
    else
      texts+=("$text")
      shown+=("${text}${${line#$text}:+  -- ${line#*$'\t'}}")
    fi
  done < <(encrypted-s3 complete -- "${asked[@]}" 2>/dev/null)
  (( $#texts )) && compadd -l -d shown -a texts
  (( $#folders )) && compadd -S '' -a folders
  [[ -n $wants_files ]] && _files
}

if [[ $funcstack[1] == _encrypted_s3 || $funcstack[1] == _encrypted-s3 ]]; then
  _encrypted_s3 "$@"
else
  compdef _encrypted_s3 encrypted-s3 encrypted-s3-download-dir encrypted-s3-download-file \
    encrypted-s3-download-key encrypted-s3-list-versions encrypted-s3-sync encrypted-s3-undelete \
    encrypted-s3-upload-key
fi
