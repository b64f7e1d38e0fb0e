# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jls(8)
_jls() {
	local word=${COMP_WORDS[COMP_CWORD]} words
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--libxo | =) words='json json,pretty text' ;;
	-*j) words=$(jls name 2>/dev/null) ;;
	*)
		case $word in
		-*) words='-c -d -h -j -N -n -q -s -v --help --json --libxo --version' ;;
		*) words="all $(jls -h 2>/dev/null | head -n 1)" ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _jls jls
