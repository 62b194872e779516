/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "cmd/get.h"
#include "model/caps.h"
#include "view/capability.h"

#define CAP_BITS 64

int get_capabilities(struct get *get, struct err *err)
{
	uint64_t mask = get->n_targets ? 0 : caps_all();
	struct capability items[CAP_BITS];
	size_t n = 0;

	for (size_t i = 0; i < get->n_targets; i++) {
		unsigned int number = 0;
		int r = caps_parse(get->targets[i], &number, err);

		if (r < 0)
			return r;
		mask |= UINT64_C(1) << number;
	}
	for (unsigned int i = 0; i < CAP_BITS; i++)
		if (mask >> i & 1)
			items[n++].number = i;
	return get_print(get, items, n, sizeof(*items), err);
}
