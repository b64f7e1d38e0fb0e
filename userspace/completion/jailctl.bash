# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jailctl(8) and jaildoctor(8)
_jailctl_options() {
	jailctl "$@" --help 2>/dev/null | sed -n 's/^ *\(-.,\)\{0,1\}\(--[a-z-]*\).*/\2/p'
}
# The root directories in the store that the command line names.
_jailctl_roots() {
	local i store=/var/lib/jail
	for ((i = 2; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" != --store ] || store=${COMP_WORDS[i + 1]}
	done
	ls "$store" 2>/dev/null
}
_jailctl() {
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} first=2 words=''
	case $1 in
	*jaildoctor) verb=doctor first=1 ;;
	esac
	case $COMP_CWORD:${COMP_WORDS[COMP_CWORD - 1]}:$word in
	*:-f:* | *:--file:* | *:--from:* | *:--store:* | *:-o:* | *:--output:*) ;; # a file
	*:*:-*)
		if [ "$COMP_CWORD" -lt "$first" ]; then
			words=$(_jailctl_options)
		else
			words=$(_jailctl_options "$verb")
		fi
		;;
	*)
		if [ "$COMP_CWORD" -lt "$first" ]; then
			words=$(jailctl --help 2>/dev/null | sed '1,/^Subcommands:/d; /^$/,$d; s/^ *\([a-z]*\) .*/\1/')
		else
			case $verb:$((COMP_CWORD - first)) in
			start:* | config:* | doctor:*)
				words=$(jailctl list -a --json 2>/dev/null | sed -n 's/.*"name": "\(.*\)".*/\1/p')
				;;
			destroy:* | mount:* | umount:*) words=$(_jailctl_roots) ;;
			create:* | stats:*) ;; # a new name, nothing
			limits:[1-9]*) words='memory= cpu= pids= io=' ;;
			*) words=$(jls name 2>/dev/null) ;;
			esac
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _jailctl jailctl jaildoctor
