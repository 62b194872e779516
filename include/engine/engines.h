/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The find functions of the engines, one a file, for the table in engine.c. Each appends what it finds below
 * `root`, notes what it cannot read and goes on; an error is for lack of memory only.
 */
#ifndef ENGINE_ENGINES_H
#define ENGINE_ENGINES_H

struct finder;

int docker_find(const struct finder *f, const char *root);
int cri_find(const struct finder *f, const char *root);
int podman_find(const struct finder *f, const char *root);
int lxc_find(const struct finder *f, const char *root);
int sandbox_find(const struct finder *f, const char *root);
int containerd_find(const struct finder *f, const char *root);
int crun_find(const struct finder *f, const char *root);
int runc_find(const struct finder *f, const char *root);

/* Not below a root: the PID, user and mount namespaces that no container of the list is in. Costs a scan of
 * /proc. */
int bare_find(const struct finder *f);

#endif
