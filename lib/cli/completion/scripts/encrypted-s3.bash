# bash completion for encrypted-s3 and its programs: asks `encrypted-s3 complete`, which knows its own definitions.

_encrypted_s3() {
  local words=() word line colon='' cur open=''
  # bash splits words at : and =, as in s3://BUCKET.
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ ${#words[@]} -gt 1 && ( $word == [:=]* || ${words[-1]} == *[:=] ) && $word != -* ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  # What is quoted or escaped, as it is meant.
  [[ ${words[-1]} == [\"\']* ]] && open=yes
  words=("${words[@]#[\"\']}")
  words=("${words[@]//\\/}")
  case ${words[0]##*/} in
    encrypted-s3) words=("${words[@]:1}") ;;
    *) words[0]=${words[0]##*/encrypted-s3-} words[0]=${words[0]#encrypted-s3-} ;;
  esac
  cur=${words[-1]}
  [[ $COMP_WORDBREAKS == *:* && $cur == *:* ]] && colon=${cur%"${cur##*:}"}
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ $line == */ ]] && compopt -o nospace
    line=${line#"$colon"}
    # Between quotes, bash would run what a file's name may hold.
    [[ $open && $line == *[\"\'\$\`\\!]* ]] && continue
    [[ $open ]] || printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <(
    encrypted-s3 complete -- "${words[@]}" 2>/dev/null | while IFS= read -r line; do
      if [[ $line != :files ]]; then
        printf '%s\n' "$line"
      else
        compgen -f -- "$cur" | while IFS= read -r line; do
          if [[ -d $line ]]; then printf '%s/\n' "$line"; else printf '%s\n' "$line"; fi
        done
      fi
    done
  )
}

complete -F _encrypted_s3 encrypted-s3 encrypted-s3-download-dir encrypted-s3-download-file \
  encrypted-s3-download-key encrypted-s3-list-versions encrypted-s3-sync encrypted-s3-undelete \
  encrypted-s3-upload-key
