/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/version.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/spawn.h"

#define TIMEOUT_MS 10000

#ifndef NSCTL_VERSION
#define NSCTL_VERSION "0"
#endif

static const struct {
	const char *engine, *program;
} programs[] = {
	{"docker", "dockerd"}, {"cri", "containerd"}, {"cri", "crio"}, {"podman", "podman"}, {"lxc", "lxc-start"},
	{"containerd", "containerd"}, {"crun", "crun"}, {"runc", "runc"},
};

/* The first word that begins with a digit, or v and a digit, and holds a dot. */
static char *version_in(char *text)
{
	char *save = NULL;

	for (char *word = strtok_r(text, " ,\t\n", &save); word; word = strtok_r(NULL, " ,\t\n", &save)) {
		word += *word == 'v' && isdigit((unsigned char)word[1]);
		if (isdigit((unsigned char)*word) && strchr(word, '.'))
			return strdup(word);
	}
	return NULL;
}

char *engine_version(const char *engine)
{
	if (!strcmp(engine, "nsctl"))
		return strdup(NSCTL_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		CLEANUP_FREE char *path = strcmp(programs[i].engine, engine) ? NULL : spawn_find(programs[i].program);
		char *argv[] = {(char *)programs[i].program, (char *)"--version", NULL}, text[1024];

		if (path && spawn_output(path, argv, TIMEOUT_MS, text, sizeof(text)) > 0)
			return version_in(text);
	}
	return NULL;
}
