# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for nsctl
_nsctl() {
	local line cur before
	local -a words
	# bash cuts words at = and : as well, nsctl does not
	read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
	cur=${words[${#words[@]} - 1]}
	before=${cur%"${cur##*[=:]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		line=${line%%$'\t'*}
		COMPREPLY+=("${line#"$before"}")
	done < <("${words[0]}" __complete -- "${words[@]:1}" 2> /dev/null)
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace
}
complete -o default -F _nsctl nsctl
