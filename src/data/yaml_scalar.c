/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The types of plain scalars, as Kubernetes' reader has them: YAML 1.1, and whole numbers as after JSON.
 */
#include "data/yaml.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
static const char *const trues[] = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
static const char *const falses[] = {
	"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
static const char *const floats[] = {
	".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(text, words[i]))
			return true;
	return false;
}

/* Whole numbers: 0x, 0o, 0b, a leading 0 is octal; a sign is allowed, underscores are gone already. */
static bool read_int(const char *text, int64_t *ret)
{
	bool negative = *text == '-';
	const char *digits = text + (*text == '-' || *text == '+');
	uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;
	unsigned int base = 10;

	if (digits[0] == '0' && digits[1]) {
		char kind = (char)(digits[1] | 0x20);

		base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
		digits += kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
	}
	if (!*digits)
		return false;
	for (; *digits; digits++) {
		unsigned int digit = *digits >= '0' && *digits <= '9' ? (unsigned int)(*digits - '0')
				     : (*digits | 0x20) >= 'a' && (*digits | 0x20) <= 'f'
					     ? (unsigned int)((*digits | 0x20) - 'a' + 10)
					     : 99;

		if (digit >= base)
			return false;
		/* at the end of the range it stays there: one digit more is never less */
		if (value > (limit - digit) / base)
			value = limit;
		else
			value = value * base + digit;
	}
	*ret = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

static size_t skip_digits(const char **at)
{
	size_t n = strspn(*at, "0123456789");

	*at += n;
	return n;
}

/* [-+]? (.5 | 5 | 5. | 5.5) ([eE][-+]?5)? */
static bool looks_float(const char *at)
{
	size_t digits;

	at += *at == '-' || *at == '+';
	digits = skip_digits(&at);
	if (*at == '.') {
		at++;
		if (!skip_digits(&at) && !digits)
			return false;
	} else if (!digits) {
		return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '-' || *at == '+';
		if (!skip_digits(&at))
			return false;
	}
	return *at == '\0';
}

static enum yaml_type number_type(const char *text, int64_t *number)
{
	CLEANUP_FREE char *bare = NULL;
	double value;
	size_t n = 0;

	if (!strchr("+-.0123456789", *text))
		return YAML_TEXT;
	bare = strdup(text);
	if (!bare)
		return YAML_TEXT;
	for (const char *at = text; *at; at++)
		if (*at != '_')
			bare[n++] = *at;
	bare[n] = '\0';
	if (read_int(bare, number))
		return YAML_INT;
	if (!looks_float(bare))
		return YAML_TEXT;
	value = strtod(bare, NULL); /* the locale is never set, so the point is a point */
	/* floor() would need the mathematical library where the compiler does not expand it */
	if (!isfinite(value) || fabs(value) > 9007199254740992.0 || value != (double)(int64_t)value)
		return YAML_FLOAT;
	*number = (int64_t)value;
	return YAML_INT;
}

enum yaml_type yaml_plain_type(const char *text, bool *ret_truth, int64_t *ret_number)
{
	int64_t number = 0;
	bool truth = is_one_of(text, trues, ARRAY_SIZE(trues));
	enum yaml_type type;

	if (truth || is_one_of(text, falses, ARRAY_SIZE(falses)))
		type = YAML_BOOL;
	else if (is_one_of(text, nulls, ARRAY_SIZE(nulls)))
		type = YAML_NULL;
	else if (is_one_of(text, floats, ARRAY_SIZE(floats)))
		type = YAML_FLOAT;
	else
		type = number_type(text, &number);
	if (ret_truth)
		*ret_truth = truth;
	if (ret_number)
		*ret_number = number;
	return type;
}

const char *yaml_type_name(enum yaml_type type)
{
	switch (type) {
	case YAML_NULL:
		return "null";
	case YAML_BOOL:
		return "true or false";
	case YAML_INT:
	case YAML_FLOAT:
		return "a number";
	case YAML_TEXT:
		return "text";
	case YAML_MAP:
		return "an object";
	case YAML_LIST:
		return "a list";
	}
	return "?";
}
