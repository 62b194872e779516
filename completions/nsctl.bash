# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for nsctl
_nsctl() {
	local line cur before typed=${COMP_LINE:0:COMP_POINT}
	local -a words
	# bash cuts words at = and : as well, nsctl does not
	# shellcheck disable=SC2162 # without -r backslashes quote, as they do on the line
	read -a words <<< "$typed"
	[[ $typed == *[[:space:]] && $typed != *\\[[:space:]] ]] && words+=("")
	cur=${words[${#words[@]} - 1]}
	before=${cur%"${cur##*[=:]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		line=${line%%$'\t'*}
		line=${line#"$before"}
		# others chose the names, and bash inserts them as they stand
		[[ $line != *[^[:alnum:]_.:/,+@=-]* ]] || printf -v line %q "$line"
		COMPREPLY+=("$line")
	done < <("${words[0]}" __complete --quoting -- "${words[@]:1}" 2> /dev/null)
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace
}
complete -o default -F _nsctl nsctl
