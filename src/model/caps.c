/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/caps.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define NAME_SIZE 32

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *caps_library(void)
{
#ifdef LIBCAP_MAJOR /* 2.46 */
	return TEXT(LIBCAP_MAJOR) "." TEXT(LIBCAP_MINOR);
#else
	return "before 2.46";
#endif
}

uint64_t caps_all(void)
{
	const int n = cap_max_bits(); /* the kernel's: the library has asked it, right at the start */

	return n < CAP_BITS ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* The library's name without its prefix, in UPPER case. False when it has none: cap_to_name() then gives
 * digits. */
static bool known_name(unsigned int number, char name[NAME_SIZE])
{
	char *text = cap_to_name((cap_value_t)number);
	bool known = text && !strncmp(text, "cap_", 4) && strlen(text + 4) < NAME_SIZE;
	size_t i;

	for (i = 0; known && text[4 + i]; i++)
		name[i] = (char)toupper((unsigned char)text[4 + i]);
	if (known)
		name[i] = '\0';
	if (text)
		cap_free(text);
	return known;
}

static int unknown(const char *name, struct err *err)
{
	char names[CAP_BITS][NAME_SIZE];
	const char *candidates[CAP_BITS], *nearest;
	size_t n = 0;

	for (unsigned int i = 0; i < CAP_BITS; i++)
		if (known_name(i, names[n])) {
			candidates[n] = names[n];
			n++;
		}
	err_set(err, -EINVAL, ERR_USAGE, "unknown capability \"%s\"", name);
	nearest = text_nearest(strncasecmp(name, "CAP_", 4) ? name : name + 4, candidates, n);
	if (nearest)
		err_hint(err, "did you mean %s?", nearest);
	else
		err_hint(err, "nsctl get capabilities lists them");
	return -EINVAL;
}

/* cap_from_name() wants the prefix, and reads "cap_chown,x" as CHOWN: so the name that it found is compared.
 */
int caps_parse(const char *name, unsigned int *ret_number, struct err *err)
{
	const char *bare = strncasecmp(name, "CAP_", 4) ? name : name + 4;
	char prefixed[4 + NAME_SIZE], known[NAME_SIZE];
	cap_value_t found;
	uint64_t number;

	if (!text_u64(name, CAP_BITS - 1, &number)) {
		*ret_number = (unsigned int)number;
		return 0;
	}
	if (snprintf(prefixed, sizeof(prefixed), "cap_%s", bare) >= (int)sizeof(prefixed) ||
		cap_from_name(prefixed, &found) < 0 || found < 0 || found >= CAP_BITS ||
		!known_name((unsigned int)found, known) || strcasecmp(known, bare) != 0)
		return unknown(name, err);
	*ret_number = (unsigned int)found;
	return 0;
}

int caps_parse_list(const char *list, uint64_t *mask, struct err *err)
{
	CLEANUP_FREE char *copy = strdup(list);
	char *rest = copy, *word;
	uint64_t found = 0;
	unsigned int number = 0;
	int r;

	if (!copy)
		return err_sys(err, -ENOMEM, "cannot read a list of capabilities");
	while ((word = strsep(&rest, ","))) {
		if (!strcasecmp(word, "ALL") || !strcasecmp(word, "CAP_ALL")) {
			found |= caps_all();
			continue;
		}
		r = caps_parse(word, &number, err);
		if (r < 0)
			return r;
		found |= UINT64_C(1) << number;
	}
	*mask |= found;
	return 0;
}

void caps_name(struct buf *out, unsigned int number)
{
	char name[NAME_SIZE];

	if (number < CAP_BITS && known_name(number, name))
		buf_str(out, name);
	else
		buf_printf(out, "%u", number);
}

void caps_names(struct buf *out, uint64_t mask, const char *separator)
{
	bool first = true;

	for (unsigned int i = 0; i < CAP_BITS; i++) {
		if (!(mask & UINT64_C(1) << i))
			continue;
		if (!first)
			buf_str(out, separator);
		caps_name(out, i);
		first = false;
	}
	if (first)
		buf_str(out, "-");
}

unsigned int caps_count(uint64_t mask)
{
	return (unsigned int)__builtin_popcountll(mask);
}
