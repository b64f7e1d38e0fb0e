# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jail(8)
_jail_configured() {
	jail -q -e ' ' 2>/dev/null | sed -n 's/^name=\([^ ]*\).*/\1/p'
}
_jail() {
	local word=${COMP_WORDS[COMP_CWORD]} words='' i letters=''
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*[efJnopuU]) letters+=${COMP_WORDS[i]} && ((i++)) ;; # its value follows
		-*) letters+=${COMP_WORDS[i]} ;;
		/*) # the path of a jail, its ceiling, its address; what follows is in there
			((i + 1 != COMP_CWORD)) || words='default none all'
			((i + 2 != COMP_CWORD)) || words=none
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
			return
			;;
		esac
	done
	case ${COMP_WORDS[COMP_CWORD - 1]}:$word in
	-*[fJ]:*)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	-*[uU]:*) words=$(compgen -u) ;;
	-*o:*) words='allow.unsafe idmap= pid' ;;
	-*[enp]:*) return ;;
	*:-*) words='-c -m -r -R -C -cm -rc -e -f -i -J -l -M -n -o -p -q -u -U -v --help --version' ;;
	*)
		case $letters in
		*c* | *C* | *m*) words=$(_jail_configured) ;;
		*r* | *R*) words=$(jls name 2>/dev/null) ;;
		*)
			mapfile -t COMPREPLY < <(compgen -d -- "$word")
			return
			;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _jail jail
