/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json, jsonl and yaml. The grammar stands in nsctl-output(7).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "data/yaml.h"
#include "out/print.h"

#define API_VERSION "nsctl/v1"

/* The errors that reading another's files and processes gives; not every libc has strerrorname_np. */
static void add_code(struct json_object *to, int code)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
		{EPERM, "EPERM"},
		{ENOENT, "ENOENT"},
		{ESRCH, "ESRCH"},
		{EINTR, "EINTR"},
		{EIO, "EIO"},
		{ENXIO, "ENXIO"},
		{E2BIG, "E2BIG"},
		{EBADF, "EBADF"},
		{EAGAIN, "EAGAIN"},
		{ENOMEM, "ENOMEM"},
		{EACCES, "EACCES"},
		{EBUSY, "EBUSY"},
		{EEXIST, "EEXIST"},
		{ENODEV, "ENODEV"},
		{ENOTDIR, "ENOTDIR"},
		{EISDIR, "EISDIR"},
		{EINVAL, "EINVAL"},
		{ENFILE, "ENFILE"},
		{EMFILE, "EMFILE"},
		{ENOTTY, "ENOTTY"},
		{EFBIG, "EFBIG"},
		{ENOSPC, "ENOSPC"},
		{EROFS, "EROFS"},
		{ERANGE, "ERANGE"},
		{ENAMETOOLONG, "ENAMETOOLONG"},
		{ENOSYS, "ENOSYS"},
		{ELOOP, "ELOOP"},
		{EBADMSG, "EBADMSG"},
		{EOVERFLOW, "EOVERFLOW"},
		{EILSEQ, "EILSEQ"},
		{EUCLEAN, "EUCLEAN"},
		{EOPNOTSUPP, "EOPNOTSUPP"},
		{ESTALE, "ESTALE"},
		{ETIMEDOUT, "ETIMEDOUT"},
		{ECONNREFUSED, "ECONNREFUSED"},
		{ENODATA, "ENODATA"},
	};
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == -code) {
			json_add_text(to, "code", names[i].name);
			return;
		}
	snprintf(text, sizeof(text), "errno %d", -code);
	json_add_text(to, "code", text);
}

static void fill_error(const struct note *note, struct json_object *to)
{
	json_add_text(to, "target", note->target);
	add_code(to, note->code);
	json_add_text(to, "message", note->message);
	json_add_text(to, "hint", note->hint);
}

static struct json_object *errors(const struct out_rows *rows)
{
	struct json_object *list = json_new_array(), *item;

	for (size_t i = 0; i < rows->n_notes; i++) {
		if (!rows->notes[i].code) /* a remark */
			continue;
		item = json_new_object();
		fill_error(&rows->notes[i], item);
		json_append(list, item);
	}
	return list;
}

/* NULL with err when the kernel does not say who it is. */
static struct json_object *metadata(bool complete, struct err *err)
{
	struct json_object *to;
	struct utsname host = {0};
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	if (uname(&host) < 0) {
		err_sys(err, -errno, "cannot read the host's name");
		return NULL;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	to = json_new_object();
	if (!to)
		err_no_memory(err);
	json_add_text(to, "time", text);
	json_add_text(to, "host", host.nodename);
	json_add_text(to, "kernel", host.release);
	json_add(to, "complete", json_new_bool(complete));
	return to;
}

static struct json_object *item_of(const struct out *out, const void *row)
{
	struct json_object *item = json_new_object();

	out->view->json(row, item);
	return item;
}

/* Appends the document one level deeper: json_write() knows no depth, and a line feed within JSON is always
 * layout. */
static void add_indented(struct buf *to, struct json_object *from, const char *indent)
{
	CLEANUP_BUF struct buf text = {0};
	const char *line, *end;

	json_write(&text, from, true);
	to->failed |= text.failed;
	for (line = buf_text(&text); (end = strchr(line, '\n')) && end[1]; line = end + 1) {
		buf_add(to, line, (size_t)(end - line) + 1);
		buf_str(to, indent);
	}
	buf_add(to, line, strcspn(line, "\n"));
}

/* Written item by item, so that a long list is never held as a whole. */
int out_json(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_JSON struct json_object *problems = errors(rows),
					*about = metadata(!json_length(problems), err);
	CLEANUP_BUF struct buf text = {0};
	int r;

	if (!about)
		return err->code;
	buf_printf(&text,
		"{\n  \"apiVersion\": \"%s\",\n  \"kind\": \"%sList\",\n  \"metadata\": ", API_VERSION,
		out->view->kind);
	add_indented(&text, about, "  ");
	buf_str(&text, ",\n  \"items\": [");
	for (size_t i = 0; i < rows->n; i++) {
		CLEANUP_JSON struct json_object *item = item_of(out, out_row(rows, i));

		buf_str(&text, i ? ",\n    " : "\n    ");
		add_indented(&text, item, "    ");
		r = out_emit(out, &text, err);
		if (r < 0)
			return r;
		text.len = 0;
	}
	buf_str(&text, rows->n ? "\n  ],\n  \"errors\": " : "],\n  \"errors\": ");
	add_indented(&text, problems, "  ");
	buf_str(&text, "\n}\n");
	return out_emit(out, &text, err);
}

static int write_line(const struct out *out, struct json_object *item, struct buf *text, struct err *err)
{
	text->len = 0;
	json_write(text, item, false);
	if (text->len && text->data[text->len - 1] != '\n')
		buf_char(text, '\n');
	if (!out_watch_wants(out->round, out_print(0, buf_text(text), text->len)))
		return 0;
	return out_emit(out, text, err);
}

int out_jsonl(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = 0;

	for (size_t i = 0; !r && i < rows->n; i++) {
		CLEANUP_JSON struct json_object *item = json_new_object();

		json_add_text(item, "kind", out->view->kind);
		out->view->json(out_row(rows, i), item);
		r = write_line(out, item, &text, err);
	}
	for (size_t i = 0; !r && i < rows->n_notes; i++) {
		CLEANUP_JSON struct json_object *item = json_new_object();

		if (!rows->notes[i].code)
			continue;
		json_add_text(item, "kind", "Error");
		fill_error(&rows->notes[i], item);
		r = write_line(out, item, &text, err);
	}
	return r;
}

int out_yaml(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_JSON struct json_object *document = json_new_object();
	struct json_object *items = json_new_array(), *problems = errors(rows);
	struct json_object *about = metadata(!json_length(problems), err);
	CLEANUP_BUF struct buf text = {0};
	char kind[64];
	int r;

	snprintf(kind, sizeof(kind), "%sList", out->view->kind);
	json_add_text(document, "apiVersion", API_VERSION);
	json_add_text(document, "kind", kind);
	json_add(document, "metadata", about);
	for (size_t i = 0; i < rows->n; i++)
		json_append(items, item_of(out, out_row(rows, i)));
	json_add(document, "items", items);
	json_add(document, "errors", problems);
	if (err->code)
		return err->code;
	r = yaml_write(&text, document);
	return r < 0 ? err_sys(err, r, "cannot write YAML") : out_emit(out, &text, err);
}
