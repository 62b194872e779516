/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was asked of an engine when it made a container, as far as its state tells: which capabilities by name, and where the
 * user came from. For showing, never for acting: it is the word of whoever could write the state.
 */
#ifndef ENGINE_ASKED_H
#define ENGINE_ASKED_H

#include <sys/types.h>

#include "model/caps_process.h"
#include "model/container.h"
#include "model/user.h"

struct asked_index;
struct json_object;

struct asked {
	struct caps_grant grant;
	enum user_source source;
	bool has_uid; /* the OCI config says which user it begins as */
	uid_t uid;    /* inside */
};

/* What cannot be read stays unknown. docker: config.v2.json, hostconfig.json and the image's config beside them. cri: what
 * containerd's database keeps of the container and of its sandbox, and the image's config; else the sandbox's OCI config.
 * podman: its database, and the image's config. Others tell nothing. */
void engine_asked(const struct container *c, struct asked *ret);

/* Fills the labels of those whose labels are in a database, and were not read when they were found: it costs one pass over that
 * file. podman and cri; what cannot be read stays unknown. -ENOMEM. */
int engine_read_labels(struct container *items, size_t n);

/* For src/engine/asked*.c: one engine each; c->state or c->config lead to the rest. */
void asked_docker(const struct container *c, struct asked *ret);
void asked_cri(const struct container *c, struct asked *ret);
void asked_podman(const struct container *c, struct asked *ret);
int asked_cri_labels(struct container *c, struct asked_index *index);
int asked_podman_labels(struct container *c, struct asked_index *index);

/* Takes the labels at `path` of a record, {} where there are none; `beside` is a path that is always in it, or it is not a whole
 * record. -ENOMEM. */
int asked_take_labels(struct container *c, const char *record, size_t len, const char *beside, const char *path);

/* The document at `path` (of c's owner, or root), or NULL. `fmt` makes the path. */
struct json_object *asked_json(const struct container *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How a record begins in a database file: `before`, the ID of 64 hexadecimal digits, `after`. Within a JSON string the quotes of
 * such a text would be escaped, so no label can pass for one. */
struct asked_mark {
	const char *before, *after;
	size_t skip; /* bytes of it that are not the record's */
};

/* Where the records of database files begin, for many questions: a file is read with the first one about it. */
struct asked_index *asked_index_new(void); /* NULL without memory: then each call searches */
void asked_index_free(struct asked_index **index);

/* The bytes of the record of that ID in the database file `path`, and what follows it, some way; malloc'd and NUL-terminated.
 * NULL when it is not there. JSON text in it is found by json_slice(). `index` may be NULL. */
char *asked_record(const struct container *c, struct asked_index *index, const char *path, const struct asked_mark *mark,
	const char *id, size_t *ret_len);

/* The value at `path` in text, parsed; NULL when absent. A scalar becomes the member "v" of an object. */
struct json_object *asked_slice(const char *text, size_t len, const char *path);

/* Lists of names, as --cap-add and --cap-drop have them. `drop_wins`: what is in both is dropped. */
void asked_grant(struct json_object *add, struct json_object *drop, bool privileged, bool drop_wins,
	struct caps_grant *ret);

/* The same user? `image` is USER of an image, `user` what was asked; NULL is "". */
bool asked_same_user(const char *image, const char *user);

#endif
