# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jailtrace(8)
_jailtrace() {
	local word=${COMP_WORDS[COMP_CWORD]} words=''
	case ${COMP_WORDS[COMP_CWORD - 1]}:$word in
	-j:*) words=$(jls name 2>/dev/null) ;;
	-e:*) words='create attach exit deny bind connect' ;;
	-r:*)
		words='capability namespace process signal ptrace procfs sysctl path file mount device tty'
		words+=' keyring socket address netlink system'
		;;
	-[npt]:*) return ;;
	*) words='-e -j -n -p -r -t --help --json --unique --version' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _jailtrace jailtrace
