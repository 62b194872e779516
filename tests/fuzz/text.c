/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/text.h. Hostile text is harmless after text_escape(), whatever stands in front of it and behind it.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"

static void check_escape(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf once = {0}, twice = {0}, parts = {0};

	text_escape(&once, (const char *)data, size);
	FUZZ_CHECK(strlen(buf_text(&once)) == once.len);
	fuzz_check_shown(buf_text(&once));
	text_escape(&twice, buf_text(&once), once.len);
	FUZZ_CHECK(!strcmp(buf_text(&once), buf_text(&twice)));
	/* cut anywhere it stays harmless */
	text_escape(&parts, (const char *)data, size / 2);
	buf_str(&parts, " ");
	text_escape(&parts, (const char *)data + size / 2, size - size / 2);
	fuzz_check_shown(buf_text(&parts));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const words[] = {"exec", "SYS_TIME", "NET_ADMIN", NULL, "containers", ""};
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *a = NULL, *b = NULL, *escaped = NULL;
	const char *nearest;
	uint64_t number;

	check_escape(data, size);
	a = fuzz_part(&in, NULL);
	b = fuzz_part(&in, NULL);
	escaped = text_escaped(a);
	fuzz_check_shown(escaped);
	FUZZ_CHECK(text_distance(a, b) == text_distance(b, a));
	FUZZ_CHECK(text_distance(a, a) == 0);
	nearest = text_nearest(a, words, ARRAY_SIZE(words));
	FUZZ_CHECK(!nearest || text_distance(a, nearest) <= 2);
	if (text_u64(a, 1000, &number) == 0)
		FUZZ_CHECK(number <= 1000);
	if (text_duration(a, &number) == 0)
		FUZZ_CHECK(number > 0 || !strpbrk(a, "123456789"));
	text_is_hex(a);
	FUZZ_CHECK(text_has_prefix(a, b) == (strstr(a, b) == a));
	return 0;
}
