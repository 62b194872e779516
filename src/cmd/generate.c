/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/err.h"
#include "cmd/look.h"
#include "model/generate.h"
#include "out/out.h"

struct generate_options {
	struct look_options look;
	bool portable;
};

static const struct opt opts[] = {
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct generate_options, look.container),
		"which container of the pod"},
	{0, "portable", NULL, OPT_FLAG, offsetof(struct generate_options, portable),
		"rely on no engine's defaults: drop ALL, then add; the user always"},
	OPT_END,
};

/* A word that cannot be written is lost, and makes the answer partial. */
static int write_one(struct session *s, const struct generate_output *output, bool portable,
	const struct container *c, struct err *err)
{
	CLEANUP_GENERATE_FACTS struct generate_facts facts = {0};
	CLEANUP_GENERATED struct generated made = {0};
	int error = generate_gather(c, &facts, err);

	if (!error)
		error = output->make(&facts, portable, &made, err);
	for (size_t i = 0; !error && i < made.n_lost; i++)
		session_note(s, c->ref, -ENOTSUP, NULL, "not expressed by %s", made.lost[i]);
	return error < 0 ? error : out_write(&made.text, err);
}

static int generate_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct generate_options *o = options;
	CLEANUP_CONTAINERS struct container_list list = {0};
	const struct generate_output *output;
	struct opt_words target = {words->words + 1, words->n ? words->n - 1 : 0};
	int error;

	if (!words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "generate what?");
		return err_hint(
			err, "nsctl generate docker TARGET; it writes docker, podman, k8s, oci and setpriv");
	}
	error = generate_output_by_name(words->words[0], &output, err);
	if (error < 0)
		return error;
	if (target.n > 1 || (!target.n && !s->context)) {
		err_set(err, -EINVAL, ERR_USAGE, "generate %s takes one TARGET", output->name);
		return err_hint(err, "nsctl get containers lists the targets");
	}
	error = look_targets(s, &o->look, &target, false, &list, err);
	if (!error)
		error = write_one(s, output, o->portable, &list.items[0], err);
	*status = !error && session_partial(s) ? err_status(ERR_PARTIAL, 0) : 0;
	return error;
}

static const char *choice(size_t i, const char **ret_help)
{
	*ret_help = generate_outputs[i].help;
	return generate_outputs[i].name;
}

const struct verb verb_generate = {
	.name = "generate",
	.group = "compare",
	.usage = "[OPTIONS] OUTPUT TARGET",
	.summary = "print flags or a manifest that give a container's privileges again",
	.about =
		"What its init is and holds: user, groups, capabilities, no_new_privs, seccomp, labels, "
		"read-only\n"
		"root, shared namespaces. The shortest form against the defaults of the engine. What has no\n"
		"words there is said on stderr, and the status is 3 then. OUTPUT is one of",
	.examples = "nsctl generate docker web           # flags: docker run $(...) IMAGE\n"
		    "nsctl generate k8s web              # its securityContext\n"
		    "nsctl generate setpriv web          # for a command of the host\n",
	.opts = opts,
	.options_size = sizeof(struct generate_options),
	.mode = OPT_ANYWHERE,
	.run = generate_run,
	.choice = choice,
};
