# Shows what zsh would offer for a command line: zsh -f ask_zsh.zsh FOLDER_OF_COMPLETIONS LINE
zmodload zsh/zpty
fpath=($1 $fpath)
zpty asked zsh -f -i
# Lists without waiting, one entry a line, with marks around so that the terminal's own echo is not taken for an answer.
zpty -w asked "PS1= ; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w asked "list() { compadd() { local -a all; builtin compadd -O all \"\$@\"; print -rl -- \$all; builtin compadd \"\$@\" }; _main_complete; print -r -- END-OF-LIST; compstate[insert]=; compstate[list]= }"
zpty -w asked "zle -C ask list-choices list; bindkey '^T' ask; print READY-NOW"
zpty -r asked ready '*READY-NOW*READY-NOW*' 2>/dev/null
zpty -w -n asked "$2"$'\C-T'
zpty -r asked answer '*END-OF-LIST*'
print -r -- ${answer%%END-OF-LIST*}
zpty -d asked
