/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/model/difference*.c share. Nobody else includes this.
 */
#ifndef MODEL_DIFFERENCE_PARTS_H
#define MODEL_DIFFERENCE_PARTS_H

#include "model/difference.h"

/* difference_place.c: rows of the table of views. */
int difference_mounts(const struct container *c, int proc_fd, bool right, struct difference_list *list);
int difference_environment(const struct container *c, int proc_fd, bool right, struct difference_list *list);
int difference_cgroups(const struct container *c, int proc_fd, bool right, struct difference_list *list);

#endif
