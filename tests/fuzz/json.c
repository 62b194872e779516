/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json_parse and json_write: what was read can be written and read again, and is the same; what is written is
 * harmless to a terminal.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "data/json.h"

static char *write_one(struct json_object *doc, bool pretty)
{
	CLEANUP_BUF struct buf out = {0};

	json_write(&out, doc, pretty);
	FUZZ_CHECK(!out.failed);
	return buf_take(&out);
}

/* Of the pretty form only line ends are not shown. */
static void check_lines(char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		fuzz_check_shown(line);
}

static int read_member(void *data, const char *name, struct json_object *value)
{
	struct json_object *object = data;

	FUZZ_CHECK(json_has(object, name));
	FUZZ_CHECK(json_at(object, name, NULL) == value);
	json_text(object, name);
	FUZZ_CHECK(json_i64(object, name, 1) == json_i64(object, name, 2) ||
		   (json_i64(object, name, 1) == 1 && json_i64(object, name, 2) == 2));
	FUZZ_CHECK(json_u64(object, name, 1) == json_u64(object, name, 2) ||
		   (json_u64(object, name, 1) == 1 && json_u64(object, name, 2) == 2));
	json_bool(object, name, false);
	for (size_t i = 0; i < json_length(value); i++)
		json_item_text(value, i);
	json_each(value, read_member, value);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ERR struct err err = {0}, again_err = {0};
	CLEANUP_JSON struct json_object *doc = NULL, *again = NULL, *pretty_doc = NULL;
	CLEANUP_FREE char *once = NULL, *twice = NULL, *pretty = NULL;
	int r;

	r = json_parse("f", (const char *)data, size, &doc, &err);
	FUZZ_CHECK((r < 0) == (err.message != NULL));
	FUZZ_CHECK(r == 0 || doc == NULL);
	if (r < 0)
		return 0;
	json_each(doc, read_member, doc);
	once = write_one(doc, false);
	fuzz_check_shown(once);
	FUZZ_CHECK(json_parse("again", once, strlen(once), &again, &again_err) == 0);
	if (!fuzz_is_utf8(data, size)) /* two names may become one */
		return 0;
	twice = write_one(again, false);
	FUZZ_CHECK(!strcmp(once, twice));
	pretty = write_one(doc, true);
	FUZZ_CHECK(json_parse("pretty", pretty, strlen(pretty), &pretty_doc, &again_err) == 0);
	free(twice);
	twice = write_one(pretty_doc, false);
	FUZZ_CHECK(!strcmp(once, twice));
	check_lines(pretty);
	return 0;
}
