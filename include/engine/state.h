/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engines share: state files read without trust in their syntax, and with a record of who could have
 * written them. For the files of src/engine only.
 *
 * Everything below a root is opened as if the root were "/", so that a link in a folder that a user owns
 * cannot lead to another file, a device or a FIFO. What cannot be read is noted with its path and costs that
 * container only; ENOENT is not noted: containers come and go.
 */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "engine/engine.h"
#include "sys/cgroup.h"

struct json_object;

#define STATE_ID_LEN CGROUP_ID_LEN /* of the engines that give IDs of hex digits */

struct reader;
struct roots_users;

/* One call of an engine's find(). */
struct finder {
	const struct engine *engine;
	const struct engine_query *query;
	struct container_list *list;
	struct err *err;
	struct reader *reader; /* for the command lines of monitors: one child for all of them */
	struct roots_users *users; /* who has a run folder: listed once */
	bool nested;	       /* ns_is_nested() */
	bool *unseen;	       /* set where one was left out, or is stopped, because its init is not to be seen */
};

void state_note(const struct finder *f, const char *path, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int state_no_memory(const struct finder *f); /* sets the error, returns -ENOMEM */

/* A folder of state. `owner` is 0, or the first user other than root on the way from the root to it. */
struct state_dir {
	int fd; /* readable; -1 is none */
	char *path;
	uid_t owner;
	bool trusted;
};
#define STATE_DIR_NONE                                                                                       \
	{                                                                                                    \
		.fd = -1, .path = NULL, .owner = 0, .trusted = false                                         \
	}

/* 0, -ENOENT (also for what is no folder), or another negative errno, noted. */
int state_dir_open(const struct finder *f, const char *path, struct state_dir *ret);
int state_dir_below(
	const struct finder *f, const struct state_dir *parent, const char *path, struct state_dir *ret);
void state_dir_close(struct state_dir *dir);
#define CLEANUP_STATE_DIR __attribute__((cleanup(state_dir_close)))

/* Calls `each` with every name in the folder but those that begin with a dot, until it returns non-zero;
 * returns that. */
int state_dir_each(const struct finder *f, const struct state_dir *dir,
	int (*each)(const struct finder *f, const struct state_dir *dir, const char *name, void *data),
	void *data);

struct state_file {
	char *text; /* owned, NUL-terminated */
	size_t len;
	char *path;		     /* owned */
	const struct state_dir *dir; /* that it was read below */
	uid_t owner; /* of the file or of dir; what stands between them state_add() looks at */
	bool trusted;
	struct timespec written;
};

#define STATE_FILE_MAX (16u << 20)

/* Reads `path` below dir. 0, -ENOENT, or another negative errno, noted. */
int state_file_read(
	const struct finder *f, const struct state_dir *dir, const char *path, struct state_file *ret);
void state_file_free(struct state_file *file);
#define CLEANUP_STATE_FILE __attribute__((cleanup(state_file_free)))

/* Could the wanted container be named here? True without a needle. */
bool state_may_match(const struct finder *f, const char *text, size_t len);
bool state_may_match_text(const struct finder *f, const char *text);

/* The member at `path`, as a file of its own for the functions below: borrowed from `file`, nothing to free, no NUL behind the text.
 * False when it is absent; false and a note when the file is broken. */
bool state_part(const struct finder *f, const struct state_file *file, const char *path, struct state_file *ret);

/* The value at `path` in the file, parsed: a member of it, or all of it for NULL. NULL when it is absent;
 * NULL and a note when the file is broken. The caller frees. */
struct json_object *state_json(const struct finder *f, const struct state_file *file, const char *path);

/* A text member, without a parse of the rest: malloc'd, NULL when absent. */
char *state_json_text(const struct finder *f, const struct state_file *file, const char *path);

/* A number member; `fallback` when absent. */
uint64_t state_json_u64(
	const struct finder *f, const struct state_file *file, const char *path, uint64_t fallback);

/* A PID as pid files hold it; 0 when it is none. PID 1 is no container's init here. */
pid_t state_pid(const char *text);

/* Appends a container of the engine: name, ID, state path, trust from the file and its folder. NULL without
 * memory (the error is set). */
struct container *state_add(const struct finder *f, const char *name, const char *id,
	const struct state_dir *dir, const struct state_file *file);

/* Sets the init as container_set_init() does. A state that another user than root could write may only name a
 * process of that user's (or one in a user namespace that is the user's): else the container is taken out of
 * the list again, with a note, and -EPERM is returned. */
int state_set_init(const struct finder *f, struct container *c, pid_t pid, uint64_t start);

/* The same for engines that keep no start time, but a file with the PID; one that has none is noted. A process that began
 * after it was written is another one, unless its cgroup carries the ID (the clock may have been set). */
int state_set_init_written(const struct finder *f, struct container *c, const struct state_file *file);

/* Engines of root give the folder of a container with an id map to the root of its user namespace. Where the
 * folder that lists it is root's (`lister` is its owner), so is the container, once it has stopped or when
 * its init is in such a user namespace: who could write its state has named itself. What is written there is
 * not believed. */
void state_take_back(struct container *c, uid_t lister);

/* Sets c->config to `path` below dir when there is such a file; c is trusted no longer when someone else
 * could write it or a folder on the way to it. */
void state_set_config(
	const struct finder *f, struct container *c, const struct state_dir *dir, const char *path);

/* The same of the config.json in the folder `bundle`, wherever that is. It may be a user's, and the container is root's all the same. */
void state_set_bundle(const struct finder *f, struct container *c, const char *bundle);

/* Is a container of the engine with that ID in the list already, of the owner of `dir` or of root? No user's word hides another's. */
bool state_knows(const struct finder *f, const struct state_dir *dir, const char *id);

/* Puts the last of the list aside when it is not wanted: stopped, and the query wants no stopped ones; or a user's (that is known by now)
 * that names what is not the user's, with a note. */
void state_keep(const struct finder *f);

/* Labels: takes a copy of each text member of `object`. */
int state_labels(struct container *c, struct json_object *object); /* -ENOMEM */

/* malloc'd copy of text, or NULL for NULL and "". */
char *state_copy(const char *text);

/* Formats a malloc'd path. */
char *state_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Is the virtual machine monitor of Kata or gVisor behind this shim? */
bool state_shim_is_vm(const char *shim);

/* The data folders given with --data-root for this engine; NULL past the last. */
const char *state_data_root(const struct finder *f, size_t i);

#endif
