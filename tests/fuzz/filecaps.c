/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * security.capability: what is read is what was written, and nothing else is taken.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "sys/filecaps.h"

static uint32_t word(const uint8_t *data, size_t i)
{
	const uint8_t *at = data + 4 * i;

	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t lengths[] = {12, 20, 24};
	CLEANUP_FREE char *copy = fuzz_copy(data, size);
	const struct filecaps none = {0};
	struct filecaps caps = none;
	int r = filecaps_parse(copy, size, &caps);
	unsigned int version = size >= 4 ? data[3] : 0;

	if (r < 0) {
		FUZZ_CHECK(caps.permitted == 0 && caps.inheritable == 0 && !caps.effective && !caps.has_root);
		/* one of the right version and length is refused by nobody */
		FUZZ_CHECK(!(version >= 1 && version <= 3 && size == lengths[version - 1]));
		return 0;
	}
	FUZZ_CHECK(size == lengths[version - 1]);
	FUZZ_CHECK((uint32_t)caps.permitted == word(data, 1) && (uint32_t)caps.inheritable == word(data, 2));
	FUZZ_CHECK(caps.permitted >> 32 == (size > 12 ? word(data, 3) : 0));
	FUZZ_CHECK(caps.inheritable >> 32 == (size > 12 ? word(data, 4) : 0));
	FUZZ_CHECK(caps.has_root == (size == 24) && caps.root == (size == 24 ? word(data, 5) : 0));
	FUZZ_CHECK(caps.effective == (data[0] & 1));
	return 0;
}
