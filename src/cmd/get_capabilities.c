/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "cmd/get.h"
#include "model/caps.h"
#include "view/capability.h"

struct run {
	const struct get *get;
	struct capability items[CAP_BITS];
};

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct run *run = data;
	const struct get *get = run->get;
	uint64_t mask = get->n_targets ? 0 : caps_all();
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
			run->items[n++].number = i;
	*ret = (struct out_rows){.items = run->items, .n = n, .size = sizeof(*run->items)};
	return 0;
}

int get_capabilities(struct get *get, struct err *err)
{
	struct run run = {.get = get};
	const struct out_source source = {gather, NULL, &run};

	return get_list(get, &source, "capabilities", err);
}
