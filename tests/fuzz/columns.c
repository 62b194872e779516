/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HEAD:.path,... of custom-columns. Input: the columns, CUT, an item in JSON.
 *
 * What path_columns() takes can be read from any item, or says what is not there; a cell never holds a control byte when
 * it is shown; a path in braces is the same path.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "out/path.h"

#define COLUMNS_MOST 64

static const char *const maps[] = {"labels", NULL};
static const struct view view = {.kind = "Thing", .plural = "things", .maps = maps};

static int read_path(const char *path, size_t len, struct json_object *item, struct buf *shown)
{
	CLEANUP_CELL struct cell cell = {0};
	CLEANUP_ERR struct err err = {0};
	int r = path_read(path, len, &view, item, &cell, &err);

	fuzz_check_err(r, &err);
	cell_show(&cell, shown);
	fuzz_check_shown(buf_text(shown));
	FUZZ_CHECK(shown->len > 0);
	return r;
}

static void check_column(const struct path_column *column, struct json_object *item)
{
	CLEANUP_BUF struct buf shown = {0}, again = {0}, braces = {0};
	int r = read_path(column->path, column->path_len, item, &shown);

	if (column->path_len && *column->path == '{')
		return;
	buf_char(&braces, '{');
	buf_add(&braces, column->path, column->path_len);
	buf_char(&braces, '}');
	FUZZ_CHECK(read_path(buf_text(&braces), braces.len, item, &again) == r);
	FUZZ_CHECK(!strcmp(buf_text(&shown), buf_text(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL), *json = fuzz_part(&in, NULL);
	CLEANUP_JSON struct json_object *item = NULL;
	CLEANUP_ERR struct err err = {0}, no_json = {0};
	struct path_column columns[COLUMNS_MOST];
	int n = path_columns(text, columns, COLUMNS_MOST, &err);

	fuzz_check_err(n < 0 ? n : 0, &err);
	if (n < 0)
		return 0;
	FUZZ_CHECK(n > 0 && n <= COLUMNS_MOST);
	if (json_parse("item", json, strlen(json), &item, &no_json) < 0)
		return 0;
	for (int i = 0; i < n; i++) {
		const char *end = text + strlen(text);

		FUZZ_CHECK(columns[i].head >= text && columns[i].head + columns[i].head_len < columns[i].path);
		FUZZ_CHECK(columns[i].path + columns[i].path_len <= end);
		check_column(&columns[i], item);
	}
	return 0;
}
