/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/caps_baseline.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/caps.h"
#include "model/caps_usable.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)

/* The 9 that docker, containerd, podman and CRI-O all give. */
#define COMMON (CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(FSETID) | CAP(KILL) | CAP(NET_BIND_SERVICE) | \
		CAP(SETGID) | CAP(SETPCAP) | CAP(SETUID))

const struct caps_baseline caps_baselines[] = {
	{"docker", "what docker gives unasked: 14", CAPS_DOCKER_DEFAULT, false, {"docker", "nsctl"}},
	{"containerd", "what containerd gives a pod's container unasked: 14", CAPS_DOCKER_DEFAULT, false,
		{"containerd", "cri"}},
	{"podman", "what podman gives unasked: 11", COMMON | CAP(SETFCAP) | CAP(SYS_CHROOT), false, {"podman"}},
	{"crio", "what CRI-O gives unasked: 9", COMMON, false, {"crio"}},
	{"lxc", "what lxc's common.conf leaves: all but 5",
		CAP(MAC_ADMIN) | CAP(MAC_OVERRIDE) | CAP(SYS_TIME) | CAP(SYS_MODULE) | CAP(SYS_RAWIO), true, {"lxc"}},
	{"pss-baseline", "what the Pod Security Standard \"baseline\" lets a container add: 13",
		CAPS_DOCKER_DEFAULT & ~CAP(NET_RAW), false, {NULL}},
	{"pss-restricted", "what the Pod Security Standard \"restricted\" lets it add: NET_BIND_SERVICE",
		CAP(NET_BIND_SERVICE), false, {NULL}},
	{NULL, NULL, 0, false, {NULL}},
};

uint64_t caps_baseline_set(const struct caps_baseline *row)
{
	return row->all_but ? caps_all() & ~row->mask : row->mask;
}

int caps_baseline_by_name(const char *name, const struct caps_baseline **ret, struct err *err)
{
	const char *names[ARRAY_SIZE(caps_baselines)], *nearest;
	CLEANUP_BUF struct buf list = {0};
	size_t n = 0;

	for (const struct caps_baseline *row = caps_baselines; row->name; row++) {
		if (!strcmp(row->name, name)) {
			*ret = row;
			return 0;
		}
		buf_printf(&list, "%s%s", n ? ", " : "", row->name);
		names[n++] = row->name;
	}
	err_set(err, -EINVAL, ERR_USAGE, "unknown baseline %s", name);
	nearest = text_nearest(name, names, n);
	return nearest ? err_hint(err, "did you mean %s?", nearest)
		       : err_hint(err, "there are: %s", buf_text(&list));
}

uint64_t caps_default(const char *engine)
{
	for (const struct caps_baseline *row = caps_baselines; engine && row->name; row++)
		for (size_t i = 0; i < ARRAY_SIZE(row->engines) && row->engines[i]; i++)
			if (!strcmp(row->engines[i], engine))
				return caps_baseline_set(row);
	return 0;
}

uint64_t caps_granted(uint64_t bounding, const char *engine)
{
	uint64_t unasked = caps_default(engine) & caps_all();

	if (!engine || !strcmp(engine, "bare") || !strcmp(engine, "host"))
		return 0;
	/* the 11 are what its containers.conf says; where none is installed podman 4 gives docker's */
	if (!strcmp(engine, "podman") && (bounding & CAPS_DOCKER_DEFAULT) == CAPS_DOCKER_DEFAULT)
		unasked = CAPS_DOCKER_DEFAULT;
	return caps_count(unasked & ~bounding) < caps_count(unasked & bounding) ? bounding & ~unasked : bounding;
}
