# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jexec(8)
_jexec() {
	local word=${COMP_WORDS[COMP_CWORD]} words='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*[deuU]) ((i++)) ;; # its value follows
		-*) ;;
		*) return ;; # what follows the jail is in there
		esac
	done
	case ${COMP_WORDS[COMP_CWORD - 1]}:$word in
	-*u:*) words=$(compgen -u) ;;
	-*[deU]:*) return ;;
	*:-*) words='-d -e -l -u -U --help --version' ;;
	*) words=$(jls name 2>/dev/null) ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _jexec jexec
