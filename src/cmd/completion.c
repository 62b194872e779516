/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Completion for three shells. The scripts are small: all they do is to ask `nsctl __complete`.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "out/out.h"

static const struct {
	const char *name;
	const char *help;
	const char *script;
} shells[] = {
	{"bash", "source <(nsctl completion bash)",
		"# SPDX-License-Identifier: GPL-3.0-or-later\n"
		"# bash completion for nsctl\n"
		"_nsctl() {\n"
		"\tlocal line cur before typed=${COMP_LINE:0:COMP_POINT}\n"
		"\tlocal -a words\n"
		"\t# bash cuts words at = and : as well, nsctl does not\n"
		"\t# shellcheck disable=SC2162 # without -r backslashes quote, as they do on the line\n"
		"\tread -a words <<< \"$typed\"\n"
		"\t[[ $typed == *[[:space:]] && $typed != *\\\\[[:space:]] ]] && words+=(\"\")\n"
		"\tcur=${words[${#words[@]} - 1]}\n"
		"\tbefore=${cur%\"${cur##*[=:]}\"}\n"
		"\tCOMPREPLY=()\n"
		"\twhile IFS= read -r line; do\n"
		"\t\tline=${line%%$'\\t'*}\n"
		"\t\tline=${line#\"$before\"}\n"
		"\t\t# others chose the names, and bash inserts them as they stand\n"
		"\t\t[[ $line != *[^[:alnum:]_.:/,+@=-]* ]] || printf -v line %q \"$line\"\n"
		"\t\tCOMPREPLY+=(\"$line\")\n"
		"\tdone < <(\"${words[0]}\" __complete --quoting -- \"${words[@]:1}\" 2> /dev/null)\n"
		"\t[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace\n"
		"}\n"
		"complete -o default -F _nsctl nsctl\n"},
	{"zsh", "source <(nsctl completion zsh), or as _nsctl in a folder of $fpath",
		"#compdef nsctl\n"
		"# SPDX-License-Identifier: GPL-3.0-or-later\n"
		"# zsh completion for nsctl\n"
		"_nsctl() {\n"
		"\tlocal line\n"
		"\tlocal -a found open\n"
		"\tfor line in \"${(@f)$(${words[1]} __complete --quoting -- \"${(@)words[2,CURRENT]}\" "
		"2>/dev/null)}\"; do\n"
		"\t\t# what ends in / or = goes on\n"
		"\t\tcase $line in\n"
		"\t\t\t'') ;;\n"
		"\t\t\t*[/=]$'\\t'*) open+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
		"\t\t\t*) found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
		"\t\tesac\n"
		"\tdone\n"
		"\t(( $#found )) && _describe nsctl found\n"
		"\t(( $#open )) && _describe nsctl open -S ''\n"
		"\t(( $#found + $#open )) || _files\n"
		"}\n"
		"if [[ $funcstack[1] == _nsctl ]]; then _nsctl \"$@\"; else compdef _nsctl nsctl; fi\n"},
	{"fish", "nsctl completion fish | source",
		"# SPDX-License-Identifier: GPL-3.0-or-later\n"
		"# fish completion for nsctl\n"
		"function __nsctl_complete\n"
		"\tset -l words (commandline -opc) (commandline -ct)\n"
		"\t$words[1] __complete --quoting -- $words[2..-1] 2>/dev/null\n"
		"end\n"
		"complete -c nsctl -f -a '(__nsctl_complete)'\n"},
};

static const char *shell_name(size_t i, const char **ret_help)
{
	if (i >= ARRAY_SIZE(shells))
		return NULL;
	*ret_help = shells[i].help;
	return shells[i].name;
}

static int completion(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};

	(void)s;
	(void)options;
	(void)status;
	for (size_t i = 0; words->n == 1 && i < ARRAY_SIZE(shells); i++) {
		if (strcmp(words->words[0], shells[i].name) != 0)
			continue;
		buf_str(&text, shells[i].script);
		return out_write(&text, err);
	}
	if (words->n == 1)
		err_set(err, -EINVAL, ERR_USAGE, "no completion for %s", words->words[0]);
	else
		err_set(err, -EINVAL, ERR_USAGE, "completion wants one shell");
	return err_hint(err, "one of bash, zsh, fish");
}

struct answer_options {
	bool quoting;
};

static const struct opt answer_opts[] = {
	{0, "quoting", NULL, OPT_FLAG, offsetof(struct answer_options, quoting), NULL},
	OPT_END,
};

struct answer {
	struct buf text;
	bool quoting;
};

/* "WORD<TAB>HELP". Others choose the names of containers and files. What a script inserts as it stands the
 * shell would obey: only one that says that it quotes gets more than plain words, and no blanks or
 * backslashes, which are not the same to all of them. */
static void answer_line(void *data, const char *word, const char *help)
{
	CLEANUP_FREE char *safe = text_escaped(word), *about = text_escaped(help);
	struct answer *answer = data;

	if (!safe || !about || strpbrk(word, " \t\n\\") || strcmp(safe, word) != 0)
		return;
	if (answer->quoting || text_is_shell_plain(word))
		buf_printf(&answer->text, "%s\t%s\n", word, about);
}

static int answer(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	struct answer answer = {.quoting = ((const struct answer_options *)options)->quoting};
	int error;

	(void)status;
	complete(s, words->words, words->n, answer_line, &answer);
	error = out_write(&answer.text, err);
	buf_free(&answer.text);
	return error;
}

const struct verb verb_completion = {
	.name = "completion",
	.group = "use",
	.usage = "SHELL",
	.summary = "print the completion script of a shell",
	.about = "SHELL is one of",
	.examples = "source <(nsctl completion bash)           # for this shell\n"
		    "nsctl completion zsh > ~/.zsh/_nsctl      # for all, with ~/.zsh in $fpath\n"
		    "nsctl completion fish > ~/.config/fish/completions/nsctl.fish\n",
	.no_config = true,
	.mode = OPT_ANYWHERE,
	.run = completion,
	.choice = shell_name,
};

const struct verb verb_complete = {
	.name = "__complete",
	.group = "use",
	.usage = "[--quoting] -- [WORD...]",
	.opts = answer_opts,
	.options_size = sizeof(struct answer_options),
	.no_config = true,
	.mode = OPT_UNTIL_WORD,
	.run = answer,
};
