# SPDX-License-Identifier: BSD-2-Clause
# bash completion of jailctl(8) and jaildoctor(8)
_jailctl() {
	local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} first=2 words=''
	case $1 in
	*jaildoctor) verb=doctor first=1 ;;
	esac
	if [ "$COMP_CWORD" -lt "$first" ]; then
		words=$(jailctl --help 2>/dev/null | sed '1,/^Subcommands:/d; /^$/,$d; s/^ *\([a-z]*\) .*/\1/')
	else
		case ${COMP_WORDS[COMP_CWORD - 1]}:$word in
		-f:* | --file:* | --from:* | --store:*) ;; # a file
		*:-*) words=$(jailctl "$verb" --help 2>/dev/null | sed -n 's/^ *\(-.,\)\{0,1\}\(--[a-z-]*\).*/\2/p') ;;
		*)
			case $verb in
			start | config | doctor) words=$(jailctl list -a --json 2>/dev/null | sed -n 's/.*"name": "\(.*\)".*/\1/p') ;;
			create) ;; # a new name
			*) words=$(jls name 2>/dev/null) ;;
			esac
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _jailctl jailctl jaildoctor
