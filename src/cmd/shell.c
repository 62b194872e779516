/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/err.h"
#include "cmd/enter_options.h"

static const struct opt opts[] = {
	{'i', "interactive", NULL, OPT_FLAG, ENTER_OPTION(stdin_open), "pass stdin on although the shell has arguments"},
	{'t', "tty", NULL, OPT_FLAG, ENTER_OPTION(tty), "give it a terminal; so too whenever stdin is one"},
	ENTER_OPTIONS_WHO,
	{0, "tools", "FILE", OPT_MAYBE, ENTER_OPTION(tools), "the host's static busybox, or FILE, although there is a shell"},
	ENTER_OPTIONS_HOW,
	OPT_END,
};

static int shell_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	struct enter_options *o = options;
	bool terminal = isatty(STDIN_FILENO);
	struct enter_request request;
	int error;

	if (!words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "shell needs a target");
		return err_hint(err, "nsctl shell TARGET; nsctl get containers lists the targets");
	}
	if ((error = enter_options_request(o, &request, err)) < 0)
		return error;
	request.argv = words->words + 1;
	request.shell = true;
	request.say_shell = terminal || s->verbose;
	/* without words of its own a shell reads what it shall do */
	request.keep_stdin |= terminal || words->n == 1;
	request.tty |= terminal;
	return enter_run(s, o, words->words[0], &request, status, err);
}

static void shell_free(void *options)
{
	enter_options_free(options);
}

const struct verb verb_shell = {
	.name = "shell",
	.group = "enter",
	.usage = "[OPTIONS] TARGET [OPTIONS] [--] [ARG...]",
	.summary = "open a container's own shell, or one from memory where it has none",
	.about = "The shell is the user's of the container's passwd, else bash, zsh, ash, dash or sh along its PATH.\n"
		 "Where there is none it is a static busybox of the host, run from memory: nothing is written to the\n"
		 "container. ARG... are the shell's own arguments. Confined as exec is, with exec's exit status.",
	.examples = "nsctl shell web                   # as in docker exec -it web bash\n"
		    "nsctl shell shop/api -- -c 'ls /' # a line for the shell of a pod's container\n"
		    "nsctl shell --tools -u root web   # the tools of busybox",
	.opts = opts,
	.options_size = sizeof(struct enter_options),
	.mode = OPT_AROUND_TARGET,
	.runs_command = true,
	.run = shell_run,
	.free_options = shell_free,
};
