/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/users.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "engine/asked.h"
#include "view/user.h"

struct users_options {
	struct look_options look;
	struct out_options out;
};

static const struct opt opts[] = {
	LOOK_OPTS(struct users_options, look),
	OUT_OPTS(struct users_options, out),
	OPT_END,
};

struct users {
	struct session *s;
	const struct look_options *look;
	const struct opt_words *words;
	struct container_list containers;
	struct user_list list;
	struct buf said;
	const char **lines; /* into said; owned */
};

/* The source is that of the user that the container was made with: not of who came in later, nor of what it became. */
static void set_source(struct users *u, size_t first)
{
	struct asked asked;

	if (first == u->list.n)
		return;
	engine_asked(u->list.items[first].place->container, &asked);
	for (size_t i = first; i < u->list.n; i++) {
		struct user *user = &u->list.items[i];

		user->source = (asked.has_uid ? user->uid == asked.uid : user->init) ? asked.source : USER_SOURCE_NONE;
	}
}

/* With one target an error is the error; with several it is noted, and the others are listed. */
static int list_one(struct users *u, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err own = {0};
	bool alone = look_alone(u->look, u->containers.n);
	size_t first = u->list.n;
	const struct user_place *place;
	int r;

	u->list.processes.trace = session_trace(u->s);
	r = user_list_of(c, &u->list, alone ? err : &own);
	place = u->list.n_places ? u->list.places[u->list.n_places - 1] : NULL;

	if (r < 0 && alone)
		return r;
	if (r == -ENOMEM)
		return err_no_memory(err);
	if (r < 0 && r != -ESRCH) /* its end is no news */
		session_note(u->s, NULL, r, own.hint, "%s", own.message ? own.message : strerror(-r));
	if (r < 0)
		return 0;
	set_source(u, first);
	look_note_incomplete(u->s, c->ref, u->list.processes.why);
	if (place && place->closed)
		session_note(u->s, c->ref, place->closed, "root can read them: sudo nsctl ...",
			"cannot look at its /etc/passwd and /etc/group, names are unknown: %s",
			strerror(-place->closed));
	return 0;
}

static int make_lines(struct users *u, struct out_rows *ret, struct err *err)
{
	size_t n;

	users_say(&u->list, &u->said);
	n = buf_lines(&u->said);
	u->lines = calloc(n + 1, sizeof(*u->lines));
	if (!u->lines || u->said.failed)
		return err_no_memory(err);
	for (char *line = u->said.data; n && ret->n_lines < n; line += strlen(line) + 1) {
		line[strcspn(line, "\n")] = '\0';
		u->lines[ret->n_lines++] = line;
	}
	ret->lines = u->lines;
	return 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct users *u = data;
	int r = look_targets(u->s, u->look, u->words, false, &u->containers, err);

	for (size_t i = 0; !r && i < u->containers.n; i++)
		r = list_one(u, &u->containers.items[i], err);
	if (r < 0)
		return r;
	if (!u->list.n && session_denied(u->s)) {
		err_set(err, -EACCES, ERR_DENIED, "no users could be read: permission denied");
		return err_hint(err, "run it as root: sudo nsctl users ...");
	}
	*ret = (struct out_rows){.items = u->list.items, .n = u->list.n, .size = sizeof(*u->list.items)};
	return make_lines(u, ret, err);
}

static void release(void *data)
{
	struct users *u = data;

	free(take_ptr(&u->lines));
	buf_free(&u->said);
	user_list_free(&u->list);
	container_list_free(&u->containers);
}

int users_print(struct session *s, const struct out *out, const struct look_options *look, const struct opt_words *words,
	int *status, struct err *err)
{
	struct users users = {.s = s, .look = look, .words = words};
	const struct out_source source = {gather, release, &users};

	return session_list(s, out, &source, status, err);
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct users_options *o = options;
	struct out out;
	int r = out_init(&out, &o->out, o->look.all || words->n > 1 ? &view_user_each : &view_user, s->color, err);

	return r < 0 ? r : users_print(s, &out, &o->look, words, status, err);
}

const struct verb verb_users = {
	.name = "users",
	.group = "look",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "show who a container's processes are, inside and outside",
	.about = "A line for each user that its processes have, by the container's own names and by the\n"
		 "host's, with how many processes are that user, and where the container's user came from:\n"
		 "a flag (--user), the image's USER, or runAsUser of the pod or of the container.",
	.examples = "nsctl users web                  # who it runs as, inside and outside\n"
		    "nsctl users -A                   # of all: who shares a uid with whom\n"
		    "nsctl users web -o wide          # with the id maps of its user namespace\n",
	.opts = opts,
	.options_size = sizeof(struct users_options),
	.mode = OPT_ANYWHERE,
	.run = run,
	.view = &view_user,
};
