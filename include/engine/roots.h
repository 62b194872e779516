/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an engine looks: its default roots unless they are dropped, then those given with --root.
 */
#ifndef ENGINE_ROOTS_H
#define ENGINE_ROOTS_H

#include "engine/engine.h"

/* In a default root "%u" is the caller's uid, "%r" the caller's run folder (XDG_RUNTIME_DIR, else
 * /run/user/UID) and "%h" the home; for root "%r" is every folder of /run/user. *ret is NULL-terminated, for
 * roots_free(). A negative errno. */
int roots_of(const struct engine *engine, const struct engine_roots *given, char ***ret);
void roots_free(char **roots);

#endif
