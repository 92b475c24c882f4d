# fish completion for encrypted-s3 and its programs: asks `encrypted-s3 complete`, which knows its own definitions.

function __encrypted_s3_complete
    set -l words (commandline -opc) (commandline -ct | string unescape)
    # An empty word is no word to fish.
    test (count $words) -eq (count (commandline -opc)); and set -a words ''
    set -l program (string replace -r '.*/' '' -- $words[1])
    if test $program = encrypted-s3
        set -e words[1]
    else
        set words[1] (string replace encrypted-s3- '' -- $program)
    end
    for line in (encrypted-s3 complete -- $words 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path $words[-1]
        else
            echo $line
        end
    end
end

for program in encrypted-s3 encrypted-s3-{download-dir,download-file,download-key,list-versions,sync,undelete,upload-key}
    complete -c $program -f -a '(__encrypted_s3_complete)'
end
