/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "data/json.h"
#include "engine/roots.h"
#include "sys/file.h"

void state_note(const struct finder *f, const char *path, int code, const char *fmt, ...)
{
	CLEANUP_FREE char *message = NULL;
	va_list ap;

	if (!f->query->note)
		return;
	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	if (message)
		f->query->note(f->query->note_data, f->engine->name, path, code, message);
}

int state_no_memory(const struct finder *f)
{
	return err_sys(f->err, -ENOMEM, "%s: cannot list containers", f->engine->name);
}

char *state_copy(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

char *state_path(const char *fmt, ...)
{
	char *path = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&path, fmt, ap) < 0)
		path = NULL;
	va_end(ap);
	return path;
}

static bool is_absent(int code)
{
	return code == -ENOENT || code == -ENOTDIR;
}

static void note_errno(const struct finder *f, const char *path, int code)
{
	if (!is_absent(code))
		state_note(f, path, code, "%s",
			code == -EINVAL	 ? "not a regular file"
			: code == -EFBIG ? "too large for a state file"
					 : strerror(-code));
}

/* Takes what fd says of the folder, on top of what is known of the one above it. */
static int dir_take(struct state_dir *ret, int fd, char *path, const struct state_dir *parent)
{
	uid_t owner = 0;
	bool trusted = file_trusted(fd, &owner);

	ret->fd = fd;
	ret->path = path;
	ret->trusted = trusted && (!parent || parent->trusted);
	ret->owner = parent && parent->owner ? parent->owner : owner;
	return 0;
}

/* Who could have put a link to the folder in its place. */
static void take_user(struct state_dir *dir, uid_t user)
{
	if (!user)
		return;
	dir->owner = user;
	dir->trusted = dir->trusted && user == geteuid();
}

int state_dir_open(const struct finder *f, const char *path, struct state_dir *ret)
{
	CLEANUP_FREE char *copy = strdup(path);
	CLEANUP_FD int fd = -1;

	if (!copy)
		return state_no_memory(f);
	/* with O_DIRECTORY a path that a hostile state file names cannot open a device */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	TRACE(f->query->trace, TRACE_READ, "%s: list folder %s%s%s", f->engine->name, path,
		fd < 0 ? ": " : "", fd < 0 ? strerror(errno) : "");
	if (fd < 0) {
		int code = -errno;

		note_errno(f, path, code);
		return is_absent(code) ? -ENOENT : code;
	}
	dir_take(ret, take_fd(&fd), take_ptr(&copy), NULL);
	take_user(ret, roots_user_of(path));
	return 0;
}

int state_dir_below(
	const struct finder *f, const struct state_dir *parent, const char *path, struct state_dir *ret)
{
	CLEANUP_FREE char *full = state_path("%s/%s", parent->path, path);
	CLEANUP_FD int fd = -1;

	if (!full)
		return state_no_memory(f);
	fd = file_open_in_root(parent->fd, path, O_RDONLY | O_DIRECTORY);
	TRACE(f->query->trace, TRACE_READ, "%s: list folder %s%s%s", f->engine->name, full,
		fd < 0 ? ": " : "", fd < 0 ? strerror(-fd) : "");
	if (fd < 0) {
		note_errno(f, full, fd);
		return is_absent(fd) ? -ENOENT : fd;
	}
	return dir_take(ret, take_fd(&fd), take_ptr(&full), parent);
}

void state_dir_close(struct state_dir *dir)
{
	close_fd(&dir->fd);
	free(dir->path);
	dir->path = NULL;
}

int state_dir_each(const struct finder *f, const struct state_dir *dir,
	int (*each)(const struct finder *f, const struct state_dir *dir, const char *name, void *data),
	void *data)
{
	/* getdents64 on the folder's own descriptor: a stream would open, stat and close it once more */
	char entries[4096] __attribute__((aligned(8)));
	ssize_t n = 0;
	int r;

	if (lseek(dir->fd, 0, SEEK_SET) < 0)
		n = -1;
	while (n >= 0 && (n = getdents64(dir->fd, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);

			at += entry->d_reclen;
			r = entry->d_name[0] == '.' ? 0 : each(f, dir, entry->d_name, data);
			if (r)
				return r;
		}
	}
	if (n < 0)
		note_errno(f, dir->path, -errno);
	return 0;
}

/* Reads a regular file of known size; one that grows meanwhile is cut, one that shrinks is short. */
static int read_regular(int fd, off_t size, struct state_file *file)
{
	if (size > (off_t)STATE_FILE_MAX)
		return -EFBIG;
	file->text = malloc((size_t)size + 1);
	if (!file->text)
		return -ENOMEM;
	while (file->len < (size_t)size) {
		ssize_t n = read(fd, file->text + file->len, (size_t)size - file->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		file->len += (size_t)n;
	}
	file->text[file->len] = '\0';
	return 0;
}

int state_file_read(
	const struct finder *f, const struct state_dir *dir, const char *path, struct state_file *ret)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	CLEANUP_FD int fd = -1;
	struct stat st;
	int r = 0;

	file.path = state_path("%s/%s", dir->path, path);
	if (!file.path)
		return state_no_memory(f);
	fd = file_open_in_root(dir->fd, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		r = fd;
	else if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else
		r = read_regular(fd, st.st_size, &file);
	if (r < 0)
		TRACE(f->query->trace, TRACE_READ, "%s: %s: %s", f->engine->name, file.path, strerror(-r));
	else
		TRACE(f->query->trace, TRACE_READ, "%s: read %s, %zu bytes", f->engine->name, file.path,
			file.len);
	if (r < 0) {
		note_errno(f, file.path, r);
		return is_absent(r) ? -ENOENT : r;
	}
	file.dir = dir;
	file.trusted = file_stat_trusted(&st) && dir->trusted;
	file.owner = dir->owner ? dir->owner : st.st_uid;
	file.written = st.st_mtim;
	*ret = file;
	file = (struct state_file){0};
	return 0;
}

void state_file_free(struct state_file *file)
{
	int saved = errno;

	free(file->text);
	free(file->path);
	*file = (struct state_file){0};
	errno = saved;
}

bool state_may_match(const struct finder *f, const char *text, size_t len)
{
	const char *needle = f->query->needle;

	return !needle || memmem(text, len, needle, strlen(needle));
}

bool state_may_match_text(const struct finder *f, const char *text)
{
	return text && state_may_match(f, text, strlen(text));
}

bool state_part(const struct finder *f, const struct state_file *file, const char *path, struct state_file *ret)
{
	const char *at;
	size_t len;
	int r = json_slice(file->text, file->len, path, &at, &len);

	if (r == -EBADMSG)
		state_note(f, file->path, r, "not valid JSON%s", file->len ? "" : ": it is empty");
	if (r < 0)
		return false;
	*ret = (struct state_file){.text = (char *)at, .len = len, .path = file->path};
	return true;
}

struct json_object *state_json(const struct finder *f, const struct state_file *file, const char *path)
{
	CLEANUP_ERR struct err err = {0};
	struct json_object *value = NULL;
	struct state_file part = *file;

	if (path && !state_part(f, file, path, &part))
		return NULL;
	if (json_parse(path ? path : "state", part.text, part.len, &value, &err) < 0) {
		state_note(f, file->path, err.code, "not valid JSON: %s", err.message ? err.message : "");
		return NULL;
	}
	return value;
}

char *state_json_text(const struct finder *f, const struct state_file *file, const char *path)
{
	CLEANUP_JSON struct json_object *value = NULL;
	CLEANUP_FREE char *document = NULL;
	CLEANUP_ERR struct err err = {0};
	const char *at;
	size_t len;

	if (json_slice(file->text, file->len, path, &at, &len) < 0 || len < 2 || *at != '"')
		return NULL;
	if (!memchr(at, '\\', len))
		return strndup(at + 1, len - 2);
	/* the parser knows escapes; it wants an object or an array around it here */
	document = state_path("{\"v\":%.*s}", (int)(len < 65536 ? len : 0), at);
	if (!document || json_parse("state", document, strlen(document), &value, &err) < 0) {
		state_note(f, file->path, -EBADMSG, "%s cannot be read", path);
		return NULL;
	}
	return state_copy(json_text(value, "v"));
}

uint64_t state_json_u64(
	const struct finder *f, const struct state_file *file, const char *path, uint64_t fallback)
{
	const char *at;
	char digits[24];
	uint64_t value;
	size_t len;
	int r = json_slice(file->text, file->len, path, &at, &len);

	if (r == -EBADMSG)
		state_note(f, file->path, r, "not valid JSON%s", file->len ? "" : ": it is empty");
	if (r < 0 || len >= sizeof(digits))
		return fallback;
	memcpy(digits, at, len);
	digits[len] = '\0';
	return text_u64(digits, UINT64_MAX, &value) < 0 ? fallback : value;
}

pid_t state_pid(const char *text)
{
	char digits[16];
	uint64_t pid;

	snprintf(digits, sizeof(digits), "%.*s", (int)strcspn(text, "\n"), text);
	return text_u64(digits, 1u << 30, &pid) < 0 || pid < 2 ? 0 : (pid_t)pid;
}

const char *state_data_root(const struct finder *f, size_t i)
{
	const struct engine_roots *roots = &f->query->roots;
	size_t name = strlen(f->engine->name);

	for (size_t k = 0; k < roots->n_data_roots; k++) {
		const char *text = roots->data_roots[k];

		if (!strncmp(text, f->engine->name, name) && text[name] == '=' && text[name + 1] && i-- == 0)
			return text + name + 1;
	}
	return NULL;
}
