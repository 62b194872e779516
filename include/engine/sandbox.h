/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nsctl's own sandboxes: what `run` writes down, and where.
 *
 * ROOT/NAME/ belongs to one sandbox: ROOT is /run/nsctl/sandboxes, for an ordinary user
 * $XDG_RUNTIME_DIR/nsctl/sandboxes or /tmp/nsctl-UID/sandboxes, or what --root nsctl=DIR says. A
 * sandbox's folder is 0711 (the user's: 0700), state.json 0644, config.json 0600 (it holds the environment). In it:
 *
 * state.json: {"version":1, "name", "pod", "namespace", "podUid", "pid", "start", "image", "command":[],
 * "labels":{}, "owner", "created"}. pod to image may be null; pid is the host's, start its field 22 of
 * /proc/PID/stat; owner the uid of who made it; created seconds since 1970.
 *
 * config.json: how its processes are meant to be, in the shape of the OCI runtime-spec; may be absent.
 *
 * The folder is locked (flock) from its creation until its maker has written the state: a folder that is not
 * locked and names no live init is left over, and is taken over.
 */
#ifndef ENGINE_SANDBOX_H
#define ENGINE_SANDBOX_H

#include "engine/engine.h"

struct err;

#define SANDBOX_STATE "state.json"
#define SANDBOX_CONFIG "config.json"

struct sandbox {
	int fd;	    /* the folder, locked */
	char *path; /* of the folder; owned */
};
#define SANDBOX_NONE                                                                                         \
	{                                                                                                    \
		.fd = -1, .path = NULL                                                                       \
	}

struct sandbox_state {
	const char *name;
	const char *pod, *namespace, *pod_uid, *image; /* or NULL */
	pid_t pid;
	uint64_t start;
	char *const *command; /* NULL-terminated */
	const struct label *labels;
	size_t n_labels;
};

/* Letters, digits, '_', '.', '-', the first a letter or digit, at most 63: -EINVAL with ERR_USAGE. */
int sandbox_check_name(const char *name, struct err *err);

/* Where sandboxes of the caller go; *ret is owned by the caller. */
int sandbox_root(const struct engine_roots *roots, char **ret, struct err *err);

/* Makes and locks the folder. -EEXIST when a sandbox of that name runs or is being made (the error says so).
 */
int sandbox_create(const struct engine_roots *roots, const char *name, struct sandbox *ret, struct err *err);

/* Each replaces the file in one step. */
int sandbox_state_write(const struct sandbox *sandbox, const struct sandbox_state *state, struct err *err);
int sandbox_config_write(const struct sandbox *sandbox, const char *json, size_t len, struct err *err);

/* Lets go of the lock and the memory; the sandbox stays. */
void sandbox_close(struct sandbox *sandbox);
#define CLEANUP_SANDBOX __attribute__((cleanup(sandbox_close)))

/* Removes the files named above and the folder, unless it is gone or another's by now: 0 then, too. */
int sandbox_remove(const struct sandbox *sandbox);

/* Is the folder of a container of this engine still there? Not when another sandbox's has taken its place. */
bool sandbox_has_folder(const struct container *c);

/* Opens the folder that a container of this engine has left (found by engine_list or target_resolve, its init
 * has ended since) for sandbox_remove(), locked unless its own guard holds the lock. -ESRCH when a sandbox of the
 * same name has taken its place. */
int sandbox_open(const struct container *c, struct sandbox *ret, struct err *err);

#endif
