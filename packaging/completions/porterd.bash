# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion of porterd(8) for bash.

# The words of "porterd --explain", which begins each attribute with "NAME:".
_porterd_attributes() {
  "$1" --explain 2>/dev/null | sed -n 's/^\([a-z0-9_]*\):.*/\1/p'
}

_porterd() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option
  local options='--config --xinetd --inetd --dialect --socket-activate --demo --daemonize --pid-file --strict --check
    --dump --schema --explain --version --help'
  COMPREPLY=()
  # Readline makes a word of its own of each "=".
  option=$before
  [[ $word != = ]] || { option=$before word=; }
  ((COMP_CWORD < 2)) || [[ $before != = ]] || option=${COMP_WORDS[COMP_CWORD - 2]}
  case $option in
    --config | --xinetd | --inetd | --pid-file)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    --dialect) mapfile -t COMPREPLY < <(compgen -W 'any bsd freebsd netbsd openbsd gnu' -- "$word") ;;
    --explain) mapfile -t COMPREPLY < <(compgen -W "$(_porterd_attributes "$1")" -- "$word") ;;
    --dump) [[ $before != = && ${COMP_WORDS[COMP_CWORD]} != = ]] ||
      mapfile -t COMPREPLY < <(compgen -W 'yaml json' -- "$word") ;;
  esac
  [[ ${#COMPREPLY[@]} -eq 0 && $before != = && ${COMP_WORDS[COMP_CWORD]} != = ]] || return
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
}

complete -F _porterd porterd
