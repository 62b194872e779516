/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of ids. A container chooses how long they are, up to 65 536 groups: nothing here compares each with
 * each.
 */
#ifndef BASE_IDS_H
#define BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appends to a list that is the caller's to free. -ENOMEM: it is as before. */
int ids_append(uint32_t **list, size_t *n, const uint32_t *more, size_t n_more);

/* Leaves the first of each, in their order. -ENOMEM. */
int ids_unique(uint32_t *list, size_t *n);

void ids_sort(uint32_t *list, size_t n);
bool ids_has(const uint32_t *sorted, size_t n, uint32_t id);

#endif
