/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>

#include "app/verbs.h"
#include "base/err.h"
#include "cmd/enter_options.h"

struct exec_options {
	struct enter_options enter; /* first: the rows of ENTER_OPTIONS count from here */
	bool detach;
};

static const struct opt opts[] = {
	{'i', "interactive", NULL, OPT_FLAG, ENTER_OPTION(stdin_open), "pass stdin on (without it, stdin is /dev/null)"},
	{'t', "tty", NULL, OPT_FLAG, ENTER_OPTION(tty), "give the command a terminal"},
	ENTER_OPTIONS_WHO,
	{'d', "detach", NULL, OPT_FLAG, offsetof(struct exec_options, detach), "leave the command running, do not wait for it"},
	{0, "tools", "FILE", OPT_MAYBE, ENTER_OPTION(tools), "run it by the host's static busybox, or FILE, from memory"},
	ENTER_OPTIONS_HOW,
	OPT_END,
};

static int check_words(const struct opt_words *words, struct err *err)
{
	if (words->n == 0)
		err_set(err, -EINVAL, ERR_USAGE, "exec needs a target and a command");
	else if (words->n > 1 && !*words->words[1])
		err_set(err, -EINVAL, ERR_USAGE, "the command is an empty word");
	else if (words->n == 1)
		err_set(err, -EINVAL, ERR_USAGE, "exec needs a command to run in %s", words->words[0]);
	else
		return 0;
	return err_hint(err, "nsctl exec %s -- COMMAND; nsctl get containers lists the targets",
		words->n ? words->words[0] : "TARGET");
}

static int exec_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	struct exec_options *o = options;
	struct enter_request request;
	int error;

	if ((error = check_words(words, err)) < 0 || (error = enter_options_request(&o->enter, &request, err)) < 0)
		return error;
	request.argv = words->words + 1;
	request.detach = o->detach;
	return enter_run(s, &o->enter, words->words[0], &request, status, err);
}

static void exec_free(void *options)
{
	struct exec_options *o = options;

	enter_options_free(&o->enter);
}

const struct verb verb_exec = {
	.name = "exec",
	.group = "enter",
	.usage = "[OPTIONS] TARGET [OPTIONS] [--] COMMAND [ARG...]",
	.summary = "run a command in a container, confined as the container is",
	.about = "The command gets the container's namespaces, root, cgroup, user, capabilities, seccomp filter,\n"
		 "limits, environment and working directory, and nothing of yours. No daemon is asked.\n"
		 "The exit status is the command's own; 125 nsctl failed, 126 cannot be executed, 127 not found.",
	.examples = "nsctl exec web -- ps aux              # what runs inside\n"
		    "nsctl exec -it shop/api -- sh         # a shell in a pod's container\n"
		    "nsctl exec -u root -w /etc web -- ls  # as root, in /etc",
	.opts = opts,
	.options_size = sizeof(struct exec_options),
	.mode = OPT_AROUND_TARGET,
	.runs_command = true,
	.run = exec_run,
	.free_options = exec_free,
};
