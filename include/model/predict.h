/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prediction: who a container of a manifest will be and what it will hold, before anything runs. Pure. An
 * engine is a row of rules: how it makes sets out of add, drop and privileged, and what it asks for a user
 * other than root; the kernel's rules at execve do the rest.
 */
#ifndef MODEL_PREDICT_H
#define MODEL_PREDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/caps.h"
#include "model/caps_usable.h"
#include "model/manifest.h"

struct err;

/* In which order add and drop are read. */
enum predict_order {
	PREDICT_CRI,	/* add ALL, drop ALL, add names, drop names: the last word wins */
	PREDICT_DOCKER, /* ALL of add, else ALL of drop; a name that is in both is held */
	PREDICT_PODMAN, /* ALL of drop, else ALL of add; a name that is in both is refused */
};

struct predict_engine {
	const char *name;     /* "containerd" */
	const char *versions; /* for which this was seen, or whose sources say so */
	const char *baseline; /* for caps_default() */
	const char *engine;   /* a row's name in the table of engines, for the ways out */
	enum predict_order order;
	bool settings;        /* the default set can be another by the engine's settings */
	bool kubernetes;   /* an API server and a kubelet stand before it, and refuse what they do not take */
	bool ambient_adds; /* a user other than root gets what add names as ambient */
	bool ambient_all;  /* privileged asks for every capability as inheritable and ambient too */
};

extern const struct predict_engine predict_engines[]; /* ends with a NULL name */

/* -EINVAL with ERR_USAGE names the nearest. */
int predict_engine_by_name(const char *name, const struct predict_engine **ret, struct err *err);
/* Whose rules a container has, by caps_engine_of(); never NULL. */
const struct predict_engine *predict_engine_of(const char *engine);

/* What an engine grants: `defaults` is its default set, `all` what the machine can give. */
uint64_t predict_granted(const struct predict_engine *engine, uint64_t defaults, uint64_t all,
	const struct manifest_context *context);

/* What is asked of a prediction beyond the manifest. */
struct predict_request {
	const struct predict_engine *engine;
	uint64_t defaults, all;
	bool has_user; /* the image's USER is known */
	uid_t user;
	bool has_group;
	gid_t group;
};

struct prediction {
	const char *container;		       /* the manifest's name for it; borrowed */
	const struct predict_request *request; /* borrowed */
	uid_t uid;
	enum {
		PREDICT_MANIFEST,
		PREDICT_IMAGE,
		PREDICT_ASSUMED
	} user_from; /* assumed: root, as an image without USER gives it */
	bool gid_known;
	gid_t gid;
	bool no_new_privs;
	bool privileged;
	struct cap_sets caps;
	struct caps_unusable_list unusable; /* owned */
};

/* -EPERM when the kubelet or the engine would refuse to start it: the error says where and why. */
int predict_container(const struct predict_request *request, const struct manifest *manifest,
	const struct manifest_pod *pod, const struct manifest_container *container, struct prediction *ret,
	struct err *err);
void prediction_free(struct prediction *prediction);

/* The sets behind execve of a program without file capabilities, from those before. */
struct cap_sets predict_execve(const struct cap_sets *before, uid_t uid, bool no_new_privs);

#endif
