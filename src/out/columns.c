/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the options say of columns: which are shown, by which rows are sorted, what filters them.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/filter.h"
#include "out/path.h"
#include "out/print.h"

static int add_column(struct out *out, const struct column *column, bool asked, struct err *err)
{
	if (out->n_columns == OUT_COLUMNS_MAX)
		return err_set(err, -E2BIG, ERR_USAGE, "more than %d columns", OUT_COLUMNS_MAX);
	out->columns[out->n_columns++] =
		(struct out_column){.column = column, .flags = column->flags, .asked = asked};
	out->needs |= column->needs;
	return 0;
}

static bool is_usual(const struct out *out, const struct column *column)
{
	return !(column->flags & COLUMN_EXTRA) && (out->format->wide || !(column->flags & COLUMN_WIDE));
}

static const struct column *column_there(const struct view *view, const char *name, size_t len)
{
	for (const struct column *c = view->columns; c->name; c++)
		if (!strncasecmp(c->name, name, len) && !c->name[len])
			return c;
	return NULL;
}

/* The names in a list are in any order, those behind a + stand where the view has them. `known`: those that the view does not
 * have are passed over; when it has none of them, the usual ones are shown. */
static int choose_columns(struct out *out, const char *names, bool known, struct err *err)
{
	const struct column *more[OUT_COLUMNS_MAX];
	bool usual = !names || *names == '+';
	size_t n = 0;
	int r = 0;

	for (const char *at = names ? names + (*names == '+') : NULL; at; at = *at ? at + 1 : NULL) {
		size_t len = strcspn(at, ",");
		const struct column *column =
			known ? column_there(out->view, at, len) : view_column(out->view, at, len, err);

		if (!column && !known)
			return err->code;
		if (n == OUT_COLUMNS_MAX)
			return err_set(err, -E2BIG, ERR_USAGE, "more than %d columns", OUT_COLUMNS_MAX);
		if (column)
			more[n++] = column;
		at += len;
		if (!*at)
			break;
	}
	usual |= !n;
	for (const struct column *c = out->view->columns; usual && !r && c->name; c++) {
		bool asked = false;

		for (size_t i = 0; i < n && !asked; i++)
			asked = more[i] == c;
		r = asked || is_usual(out, c) ? add_column(out, c, asked, err) : 0;
	}
	for (size_t i = 0; !usual && !r && i < n; i++)
		r = add_column(out, more[i], true, err);
	return r;
}

static int choose_paths(struct out *out, const char *spec, struct err *err)
{
	struct path_column columns[OUT_COLUMNS_MAX];
	int n = path_columns(spec, columns, OUT_COLUMNS_MAX, err);

	for (int i = 0; i < n; i++)
		out->columns[out->n_columns++] = (struct out_column){.head = columns[i].head,
			.head_len = columns[i].head_len,
			.path = columns[i].path,
			.path_len = columns[i].path_len};
	out->needs |= out->view->needs;
	return n < 0 ? n : 0;
}

static int choose_sort(struct out *out, const char *by, struct err *err)
{
	out->sort_down = *by == '-';
	by += out->sort_down;
	out->sort = view_column(out->view, by, strlen(by), err);
	if (!out->sort)
		return err->code;
	out->needs |= out->sort->needs;
	return 0;
}

static int choose_filter(struct out *out, const char *text, struct err *err)
{
	CLEANUP_FILTER struct filter filter = {0};
	int r = filter_parse(text, out->view, &filter, err);

	for (size_t i = 0; i < filter.n; i++)
		out->needs |= filter.terms[i].column->needs;
	out->filter = text;
	return r;
}

int out_choose(struct out *out, const struct out_options *options, struct err *err)
{
	const char *spec = options->format ? strchr(options->format, '=') : NULL;
	bool table = out->format->print == out_table;
	int r = 0;

	if (options->columns && (!table || spec)) {
		err_set(err, -EINVAL, ERR_USAGE, "--columns goes with -o table and wide");
		return err_hint(
			err, "documents have all fields; -o custom-columns=HEAD:.path chooses among these");
	}
	if (table)
		r = spec ? choose_paths(out, spec + 1, err)
			 : choose_columns(out, options->columns ? options->columns : options->usual_columns,
				   !options->columns, err);
	if (!r && options->sort_by)
		r = choose_sort(out, options->sort_by, err);
	if (!r && options->filter)
		r = choose_filter(out, options->filter, err);
	return r;
}

static struct out_column *column_named(struct out *out, const char *name)
{
	for (size_t i = 0; i < out->n_columns; i++)
		if (out->columns[i].column && !strcmp(out->columns[i].column->name, name))
			return &out->columns[i];
	return NULL;
}

void out_column_show(struct out *out, const char *name, bool shown)
{
	struct out_column *column = column_named(out, name);

	if (column)
		column->hidden = !shown && !column->asked;
}

void out_column_head(struct out *out, const char *name, const char *head)
{
	struct out_column *column = column_named(out, name);

	if (!column)
		return;
	column->head = head;
	column->head_len = head ? strlen(head) : 0;
}

struct out out_visible(const struct out *out)
{
	struct out shown = *out;

	shown.n_columns = 0;
	for (size_t i = 0; i < out->n_columns; i++)
		if (!out->columns[i].hidden)
			shown.columns[shown.n_columns++] = out->columns[i];
	return shown;
}

static const char *type_of(const struct column *column)
{
	if (column->flags & COLUMN_AGE)
		return "age";
	return column->flags & COLUMN_RIGHT ? "number" : "text";
}

static const char *where_of(const struct column *column)
{
	if (column->flags & COLUMN_EXTRA)
		return "--columns";
	return column->flags & COLUMN_WIDE ? "wide" : "table";
}

/* A list of columns is a list: it is printed by what prints all others. */
static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct column *)item)->name);
}

static void fill_type(const void *item, struct cell *ret)
{
	cell_text(ret, type_of(item));
}

static void fill_where(const void *item, struct cell *ret)
{
	cell_text(ret, where_of(item));
}

static void fill_help(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct column *)item)->help);
}

static const struct column columns[] = {
	{"COLUMN", "its name", 0, 0, fill_name},
	{"TYPE", "text, number or age: how it is sorted and filtered", 0, 0, fill_type},
	{"SHOWN", "by -o table, by -o wide too, or by --columns only", 0, 0, fill_where},
	{"HELP", "what it is", 0, 0, fill_help},
	{NULL, NULL, 0, 0, NULL},
};

static const struct view view_columns = {
	.kind = "Column", .plural = "columns", .columns = columns, .ref = fill_name};

int out_columns_help(const struct view *view, struct err *err)
{
	static const struct out_options options = {0};
	struct out_rows rows = {.items = view->columns, .size = sizeof(*view->columns)};
	struct out out;
	int r = out_init(&out, &options, &view_columns, "never", err);

	while (view->columns[rows.n].name)
		rows.n++;
	out.width = 0;
	return r < 0 ? r : out_list(&out, &rows, err);
}
