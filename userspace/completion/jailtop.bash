# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jailtop(8)
_jailtop() {
	local word=${COMP_WORDS[COMP_CWORD]} words=''
	case ${COMP_WORDS[COMP_CWORD - 1]}:$word in
	-*f:*) words=$(jls name 2>/dev/null) ;;
	-*s:*) words='JID NAME IP PIDS CPU% MEM MEM.MAX IO/s DENY/s EXEC/s UPTIME STATE' ;;
	-*[dn]:*) return ;;
	*) words='-b -d -f -n -r -s --help --json --version' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _jailtop jailtop
