# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for nsctl
function __nsctl_complete
	set -l words (commandline -opc) (commandline -ct)
	$words[1] __complete --quoting -- $words[2..-1] 2>/dev/null
end
complete -c nsctl -f -a '(__nsctl_complete)'
