/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an engine looks: its default roots unless they are dropped, then those given with --root.
 */
#ifndef ENGINE_ROOTS_H
#define ENGINE_ROOTS_H

#include <stdbool.h>

#include "base/buf.h"
#include "engine/engine.h"

/* Who has a folder in /run/user: listed when an engine first wants it, and the same for all that are asked together. */
struct roots_users {
	bool listed;
	struct buf names; /* each with its NUL */
};
void roots_users_free(struct roots_users *users);

/* In a default root "%u" is the caller's uid, "%r" the caller's run folder (XDG_RUNTIME_DIR, else
 * /run/user/UID) and "%h" the home; for root "%r" is every folder of /run/user, as in `users` (NULL: listed for
 * this call). *ret is NULL-terminated, for roots_free(). A negative errno. */
int roots_of(
	const struct engine *engine, const struct engine_roots *given, struct roots_users *users, char ***ret);
void roots_free(char **roots);

/* Whose folder of /run/user a path leads through, 0 for none. That user could put a link there, to what others own. */
uid_t roots_user_of(const char *path);

#endif
