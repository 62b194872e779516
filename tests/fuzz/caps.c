/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of capabilities: what is printed is read back.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/caps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_copy(data, size);
	CLEANUP_ERR struct err err = {0}, again_err = {0};
	CLEANUP_BUF struct buf names = {0};
	uint64_t mask = 0, again = 0;
	int r = caps_parse_list(text, &mask, &err);

	fuzz_check_err(r, &err);
	if (r < 0) {
		FUZZ_CHECK(!mask);
		return 0;
	}
	FUZZ_CHECK(mask && caps_count(mask) <= 64);
	caps_names(&names, mask, ",");
	fuzz_check_shown(buf_text(&names));
	FUZZ_CHECK(caps_parse_list(buf_text(&names), &again, &again_err) == 0);
	FUZZ_CHECK(mask == again);
	return 0;
}
