/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building what run is to start.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "model/caps.h"
#include "sys/passwd.h"
#include "sys/program.h"

static void strings_free(char **vector)
{
	for (char **text = vector; text && *text; text++)
		free(*text);
	free(vector);
}

static void box_free(struct run_box *box)
{
	free(box->name);
	free(box->label);
	strings_free(box->argv);
	strings_free(box->env);
	free(box->cwd);
	free(box->groups);
}

void run_pod_free(struct run_pod *pod)
{
	int saved = errno;

	for (size_t i = 0; i < pod->n; i++)
		box_free(&pod->boxes[i]);
	free(pod->boxes);
	for (size_t i = 0; i < pod->n_labels; i++) {
		free(pod->labels[i].key);
		free(pod->labels[i].value);
	}
	free(pod->labels);
	free(pod->name);
	free(pod->namespace);
	free(pod->hostname);
	free(pod->rootfs);
	close_fd(&pod->root);
	*pod = (struct run_pod){.root = -1};
	errno = saved;
}

int run_strings_add(char ***vector, const char *text)
{
	size_t n = 0;
	char **grown;

	while (*vector && (*vector)[n])
		n++;
	grown = reallocarray(*vector, n + 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*vector = grown;
	grown[n + 1] = NULL;
	grown[n] = strdup(text);
	return grown[n] ? 0 : -ENOMEM;
}

struct run_box *run_box_add(struct run_pod *pod)
{
	struct run_box *grown = reallocarray(pod->boxes, pod->n + 1, sizeof(*grown)), *box;

	if (!grown)
		return NULL;
	pod->boxes = grown;
	box = &grown[pod->n++];
	*box = (struct run_box){.caps = CAPS_DOCKER_DEFAULT & caps_all()};
	return run_strings_add(&box->env, "PATH=" PROGRAM_PATH) < 0 ? NULL : box;
}

int run_box_env(struct run_box *box, const char *text)
{
	size_t len = strcspn(text, "=") + 1;
	char *copy;

	for (char **e = box->env; e && *e; e++) {
		if (strncmp(*e, text, len) != 0)
			continue;
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
		free(*e);
		*e = copy;
		return 0;
	}
	return run_strings_add(&box->env, text);
}

int run_box_group(struct run_box *box, gid_t gid)
{
	gid_t *grown;

	for (size_t i = 0; i < box->n_groups; i++)
		if (box->groups[i] == gid)
			return 0;
	grown = reallocarray(box->groups, box->n_groups + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	box->groups = grown;
	grown[box->n_groups++] = gid;
	return 0;
}

int run_box_user(const struct run_pod *pod, struct run_box *box, const char *user, struct err *err)
{
	CLEANUP_USER struct passwd_user found = {0};
	int error = passwd_user_parse(pod->root, user, &found, err);

	if (error < 0)
		return error;
	box->uid = found.uid;
	box->gid = found.gid;
	free(box->groups);
	box->groups = take_ptr(&found.groups);
	box->n_groups = found.n_groups;
	return 0;
}

void run_box_caps(struct run_box *box, uint64_t add, bool add_all, uint64_t drop, bool drop_all)
{
	if (add_all)
		box->caps = caps_all();
	if (drop_all)
		box->caps = 0;
	box->caps = (box->caps | (add & caps_all())) & ~drop;
	box->added = (add_all && !drop_all ? caps_all() : add) & box->caps;
}
