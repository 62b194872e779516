/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define CUSTOM "custom-columns"
#define INTERVAL 2000 /* of --watch, ms */
#define INTERVAL_LEAST 100
#define INTERVAL_MOST (UINT64_C(24) * 3600 * 1000)

/* One a line: what a script takes. */
static int print_lines(const struct out *out, const struct out_rows *rows,
	void (*what)(const void *item, struct cell *ret),
	void (*otherwise)(const void *item, struct cell *ret), struct err *err)
{
	CLEANUP_CELL struct cell cell = {0};
	CLEANUP_BUF struct buf line = {0};
	int r;

	for (size_t i = 0; i < rows->n; i++) {
		cell_clear(&cell);
		if (what)
			what(out_row(rows, i), &cell);
		if (cell.kind == CELL_NONE && otherwise)
			otherwise(out_row(rows, i), &cell);
		line.len = 0;
		cell_show(&cell, &line);
		buf_char(&line, '\n');
		if (!out_watch_wants(out->round, out_print(0, buf_text(&line), line.len)))
			continue;
		r = out_emit(out, &line, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int out_name(const struct out *out, const struct out_rows *rows, struct err *err)
{
	return print_lines(out, rows, out->view->ref, out->view->ref, err);
}

static int out_id(const struct out *out, const struct out_rows *rows, struct err *err)
{
	return print_lines(out, rows, out->view->id, out->view->ref, err);
}

static const struct out_format formats[] = {
	{"table", "aligned columns", false, false, false, out_table},
	{"wide", "a table with more columns", true, false, false, out_table},
	{"name", "names that every verb takes as TARGET", false, false, false, out_name},
	{"json", "one document with all fields", false, true, true, out_json},
	{"jsonl", "one JSON object a line", false, true, false, out_jsonl},
	{"yaml", "the same document in YAML", false, true, true, out_yaml},
	{CUSTOM, "a table of fields: custom-columns=NAME:.name,POD:.pod.name", false, false, false,
		out_table},
};

static const struct out_format quiet_format = {"id", "IDs", false, false, false, out_id};

const char *out_format_name(size_t i, const char **ret_help, bool *ret_document)
{
	if (i >= ARRAY_SIZE(formats))
		return NULL;
	if (ret_help)
		*ret_help = formats[i].help;
	if (ret_document)
		*ret_document = formats[i].whole;
	return strcmp(formats[i].name, CUSTOM) != 0 ? formats[i].name : CUSTOM "=";
}

static int unknown_word(
	const char *what, const char *word, const char *const *names, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf list = {0};
	const char *nearest = text_nearest(word, names, n);

	err_set(err, -EINVAL, ERR_USAGE, "unknown %s %s", what, word);
	if (nearest)
		return err_hint(err, "did you mean %s?", nearest);
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	return err_hint(err, "there are: %s", buf_text(&list));
}

static int choose_format(struct out *out, const char *name, struct err *err)
{
	const char *names[ARRAY_SIZE(formats)];
	size_t len = strcspn(name, "=");

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		names[i] = formats[i].name;
		if (strncmp(name, names[i], len) != 0 || names[i][len] ||
			(name[len] && strcmp(names[i], CUSTOM) != 0))
			continue;
		out->format = &formats[i];
		if (!name[len] && !strcmp(names[i], CUSTOM))
			return err_set(err, -EINVAL, ERR_USAGE,
				"custom-columns wants columns: custom-columns=HEAD:.path,...");
		return 0;
	}
	return unknown_word("output format", name, names, ARRAY_SIZE(formats), err);
}

bool out_color_refused(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return (no_color && *no_color) || (term && !strcmp(term, "dumb"));
}

/* The terminal's own words are for "auto" only: --color=always was asked for. */
static int choose_color(struct out *out, const char *when, struct err *err)
{
	static const char *const names[] = {"auto", "always", "never"};

	if (!when || !strcmp(when, "auto"))
		out->color = isatty(STDOUT_FILENO) && getenv("TERM") && !out_color_refused();
	else if (!strcmp(when, "always"))
		out->color = true;
	else if (strcmp(when, "never") != 0)
		return unknown_word("word for --color:", when, names, ARRAY_SIZE(names), err);
	return 0;
}

static size_t columns_width(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t width;

	return columns && !text_u64(columns, 10000, &width) ? (size_t)width : 0;
}

/* Only a terminal has a width that rows must fit; COLUMNS wins over what it says itself. */
size_t out_terminal_width(void)
{
	struct winsize size = {0};

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns_width())
		return columns_width();
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

/* Lines that are not ASCII: unless the locale or the terminal speaks against it. */
static bool wants_unicode(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *term = getenv("TERM");

	if (isatty(STDOUT_FILENO) && term && !strcmp(term, "dumb"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *locale = getenv(names[i]);

		if (locale && *locale)
			return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
	}
	return true;
}

static int choose_watch(struct out *out, const struct out_options *options, struct err *err)
{
	out->watch = options->watch;
	out->interval = INTERVAL;
	if (options->watch && out->format->whole) {
		err_set(err, -EINVAL, ERR_USAGE, "-o %s is one document, and --watch has no end",
			out->format->name);
		return err_hint(err, "-o jsonl prints an item a line");
	}
	if (!options->interval)
		return 0;
	if (!options->watch)
		return err_set(err, -EINVAL, ERR_USAGE, "--interval goes with --watch");
	if (!text_duration(options->interval, &out->interval) && out->interval >= INTERVAL_LEAST &&
		out->interval <= INTERVAL_MOST)
		return 0;
	return err_set(err, -EINVAL, ERR_USAGE,
		"--interval wants 100ms to 24h, as in 500ms, 2s or 1m, not %s",
		*options->interval ? options->interval : "\"\"");
}

int out_init(struct out *ret, const struct out_options *options, const struct view *view, const char *color,
	struct err *err)
{
	int r;

	*ret = (struct out){.view = view, .headers = !options->no_headers};
	r = choose_format(ret, options->format ? options->format : "table", err);
	if (!r)
		r = choose_color(ret, color, err);
	if (r < 0)
		return r;
	if (options->quiet)
		ret->format = &quiet_format;
	if (ret->format->structured)
		ret->needs = view->needs;
	if (ret->format->print == out_table) {
		ret->width = out_terminal_width();
		ret->fit = !options->columns && !strcmp(ret->format->name, "table");
		ret->side = ret->width ? ret->width : columns_width();
		ret->tree = options->tree && view->key && view->parent;
		ret->ascii = options->ascii || !wants_unicode();
	}
	r = out_choose(ret, options, err);
	return r < 0 ? r : choose_watch(ret, options, err);
}

int out_show(const struct out *out, const struct out_rows *rows, struct out_watch *round, size_t *ret_shown,
	struct err *err)
{
	CLEANUP_PICKED struct out_picked picked = {0};
	struct out shown = out_visible(out);
	int r;

	shown.round = round;
	r = out_pick(&shown, rows, &picked, err);
	*ret_shown = picked.rows.n;
	return r < 0 ? r : shown.format->print(&shown, &picked.rows, err);
}

int out_list(const struct out *out, const struct out_rows *rows, struct err *err)
{
	size_t shown;

	return out_show(out, rows, NULL, &shown, err);
}

int out_run(const struct out *out, const struct out_source *source, struct err *err)
{
	struct out_rows rows = {0};
	int r;

	if (out->watch)
		return out_watch_run(out, source, err);
	r = source->gather(source->data, &rows, err);
	if (!r)
		r = out_show(out, &rows, NULL, &rows.shown, err);
	if (source->release)
		source->release(source->data);
	return r;
}

static int write_error(int error, struct err *err)
{
	if (error == EPIPE)
		return err_set(err, -EPIPE, ERR_PIPE, "nobody reads the output");
	return err_set(err, -error, ERR_FAILED, "cannot write the output: %s", strerror(error));
}

int out_write(const struct buf *text, struct err *err)
{
	if (text->failed)
		return err_no_memory(err);
	if (text->len && fwrite(text->data, 1, text->len, stdout) != text->len)
		return write_error(errno, err);
	return 0;
}

int out_emit(const struct out *out, const struct buf *text, struct err *err)
{
	if (!out->round || !out->round->redraw)
		return out_write(text, err);
	buf_add(&out->round->picture, buf_text(text), text->len);
	out->round->failed |= text->failed | out->round->picture.failed;
	return out->round->failed ? err_no_memory(err) : 0;
}

int out_flush(struct err *err)
{
	int error = fflush(stdout) ? errno : 0;

	if (!error && ferror(stdout)) /* an earlier write failed and its data are lost */
		error = EIO;
	return error ? write_error(error, err) : 0;
}
