/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The documents of one file: how they are read from anywhere, refused for a duplicate key, and freed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/yaml.h"
#include "data/yaml_tree.h"

void yaml_docs_free(struct yaml_docs *docs)
{
	yaml_tree_free(docs);
	free(docs->items);
	free(docs->name);
	*docs = (struct yaml_docs){0};
}

int yaml_docs_unique(const struct yaml_docs *docs, struct err *err)
{
	const struct yaml_node *second = docs->twice.second;

	if (!second)
		return 0;
	return err_set(err, -EINVAL, ERR_USAGE, "%s:%u:%u: %s stands twice, first at %u:%u", docs->name,
		second->line, second->column, second->text, docs->twice.first->line, docs->twice.first->column);
}

/* As far as the cap and one byte more, from anything that can be read: a manifest may come from a pipe. */
static int read_text(const char *path, struct buf *text, struct err *err)
{
	bool is_stdin = !strcmp(path, "-");
	CLEANUP_FD int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int fd = is_stdin ? STDIN_FILENO : opened, code = is_stdin || opened >= 0 ? 0 : -errno;
	ssize_t n;

	if (code)
		return err_sys(err, code, "%s", path);
	while (text->len <= YAML_SIZE_MAX) {
		char *room = buf_reserve(text, 65536);

		if (!room)
			return err_sys(err, -ENOMEM, "%s", path);
		n = read(fd, room, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, -errno, "%s", path);
		if (n == 0)
			break;
		text->len += (size_t)n;
	}
	return 0;
}

int yaml_docs_read_loose(const char *path, struct yaml_docs *ret, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int code = read_text(path, &text, err);

	*ret = (struct yaml_docs){0};
	if (code)
		return code;
	return yaml_docs_parse_loose(
		strcmp(path, "-") != 0 ? path : "stdin", text.len ? text.data : "", text.len, ret, err);
}

int yaml_docs_parse(const char *name, const char *text, size_t len, struct yaml_docs *ret, struct err *err)
{
	int code = yaml_docs_parse_loose(name, text, len, ret, err);

	code = code ? code : yaml_docs_unique(ret, err);
	if (code)
		yaml_docs_free(ret);
	return code;
}
