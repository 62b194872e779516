/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Capabilities: names, the five sets of a process (capabilities(7)), baselines.
 */
#ifndef MODEL_CAPS_H
#define MODEL_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

#define CAP_BITS 64 /* of a set, whatever the kernel knows */

/* One bit a capability, bit N is capability N. */
struct cap_sets {
	uint64_t inheritable, permitted, effective, bounding, ambient;
};

/* Every capability that this kernel has (as /proc/sys/kernel/cap_last_cap says), by the library's word. */
uint64_t caps_all(void);

/* The version of libcap, as its headers have it; static. */
const char *caps_library(void);

/* "NET_ADMIN", "net_admin", "CAP_NET_ADMIN", or a number up to 63. -EINVAL names the nearest in err's hint.
 * "ALL" is not a capability here. */
int caps_parse(const char *name, unsigned int *ret_number, struct err *err);

/* A comma separated list, "ALL" included; ORs into *mask. */
int caps_parse_list(const char *list, uint64_t *mask, struct err *err);

/* Appends the name without CAP_, UPPER; a number that the library does not know as digits. */
void caps_name(struct buf *out, unsigned int number);

/* Appends the names in order of number, joined by `separator`; "-" when empty. */
void caps_names(struct buf *out, uint64_t mask, const char *separator);

unsigned int caps_count(uint64_t mask);

/* docker's and containerd's default set: 14. */
#define CAPS_DOCKER_DEFAULT UINT64_C(0x00000000a80425fb)

#endif
