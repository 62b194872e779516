/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `run` writes down of a sandbox.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "engine/sandbox.h"
#include "sys/file.h"

static int replace(const struct sandbox *sandbox, const char *file, mode_t mode, const char *data, size_t len,
	struct err *err)
{
	char temporary[32];
	CLEANUP_FD int fd = -1;
	int r;

	snprintf(temporary, sizeof(temporary), ".%s", file);
	unlinkat(sandbox->fd, temporary, 0);
	fd = openat(sandbox->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	r = fd < 0 ? -errno : file_write_all(fd, data, len);
	if (r == 0 && renameat(sandbox->fd, temporary, sandbox->fd, file) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(sandbox->fd, temporary, 0);
		return err_sys(err, r, "%s/%s", sandbox->path, file);
	}
	return 0;
}

int sandbox_state_write(const struct sandbox *sandbox, const struct sandbox_state *state, struct err *err)
{
	CLEANUP_JSON struct json_object *document = json_new_object();
	struct json_object *command = json_new_array(), *labels = json_new_object();
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0; state->command && state->command[i]; i++)
		json_append(command, json_new_text(state->command[i]));
	for (size_t i = 0; i < state->n_labels; i++)
		json_add_text(labels, state->labels[i].key, state->labels[i].value);
	json_add(document, "version", json_new_i64(1));
	json_add_text(document, "name", state->name);
	json_add_text(document, "pod", state->pod);
	json_add_text(document, "namespace", state->namespace);
	json_add_text(document, "podUid", state->pod_uid);
	json_add(document, "pid", json_new_i64(state->pid));
	json_add(document, "start", json_new_u64(state->start));
	json_add_text(document, "image", state->image);
	json_add(document, "command", command);
	json_add(document, "labels", labels);
	json_add(document, "owner", json_new_i64((int64_t)geteuid()));
	json_add(document, "created", json_new_i64((int64_t)time(NULL)));
	json_write(&text, document, true);
	if (text.failed)
		return err_sys(err, -ENOMEM, "%s", sandbox->path);
	return replace(sandbox, SANDBOX_STATE, 0644, buf_text(&text), text.len, err);
}

int sandbox_config_write(const struct sandbox *sandbox, const char *json, size_t len, struct err *err)
{
	/* its environment may hold secrets */
	return replace(sandbox, SANDBOX_CONFIG, 0600, json, len, err);
}
