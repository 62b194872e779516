/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YAML, in and out: the only user of libyaml. JSON is read as well, being YAML.
 *
 * Reading gives a tree in which every value knows its place. A size cap, depth 64, 100 000 values with every alias
 * counted as often as it is used (an alias shares what it names and is never expanded), duplicate keys refused, merge
 * keys (`<<`) merged. Plain scalars have the types that Kubernetes' reader gives them: YAML 1.1 booleans (yes, on, y),
 * octals (010 is 8), hexadecimals, underscores. Strings from here are the file's, hostile until escaped.
 */
#ifndef DATA_YAML_H
#define DATA_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct buf;
struct json_object;

#define YAML_SIZE_MAX (1u << 20)
#define YAML_DEPTH_MAX 64
#define YAML_NODES_MAX 100000u

enum yaml_type {
	YAML_NULL,
	YAML_BOOL,
	YAML_INT,   /* also 1e3 and 10.0, as after the way through JSON */
	YAML_FLOAT,
	YAML_TEXT,
	YAML_MAP,
	YAML_LIST,
};

struct yaml_node {
	enum yaml_type type;
	bool plain;               /* a scalar without quotes */
	unsigned int line, column; /* 1-based, columns in characters; of an alias: where the alias stands */
	const char *text;         /* a scalar as written, quotes and escapes undone; never NULL, holds no NUL */
	size_t len;
	bool truth;               /* YAML_BOOL */
	int64_t number;           /* YAML_INT, at the end of the range when it is beyond it */
	const struct yaml_node *key; /* of a map's member: its name, a YAML_TEXT; else NULL */
	struct yaml_node *child;  /* the first member or item */
	struct yaml_node *next;   /* the next one beside this */
	size_t n;                 /* how many members or items */
	/* the reader's own */
	unsigned int weight, height, merged;
};

struct yaml_doc {
	const struct yaml_node *root; /* YAML_NULL for an empty document */
};

/* A key that stands twice in one map, the first such pair of a file. */
struct yaml_twice {
	const struct yaml_node *first, *second;
};

struct yaml_docs {
	char *name;             /* the file's, for messages */
	struct yaml_doc *items;
	size_t n;
	struct yaml_twice twice; /* NULLs unless read by the _loose() forms */
	struct yaml_chunk *chunks; /* the memory of the trees */
};

/* Parses text[0..len) into its documents. An error is "NAME:LINE:COLUMN: why" with ERR_USAGE; nothing is kept then. The
 * caller frees with yaml_docs_free(). */
int yaml_docs_parse(const char *name, const char *text, size_t len, struct yaml_docs *ret, struct err *err);

/* The same, also from a file, a pipe, or standard input ("-", named "stdin" in messages), but a duplicate key is only
 * remembered in ret->twice, so that the caller may find a better reason for it; yaml_docs_unique() then refuses it. The
 * first of the two is what yaml_get() finds. */
int yaml_docs_parse_loose(const char *name, const char *text, size_t len, struct yaml_docs *ret, struct err *err);
int yaml_docs_read_loose(const char *path, struct yaml_docs *ret, struct err *err);
int yaml_docs_unique(const struct yaml_docs *docs, struct err *err);

void yaml_docs_free(struct yaml_docs *docs);
#define CLEANUP_YAML __attribute__((cleanup(yaml_docs_free)))

/* The member of that name, or NULL (also when `map` is NULL or no map). */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *name);

/* "a number", "text", "an object", "a list", "true or false", "null": for messages. */
const char *yaml_type_name(enum yaml_type type);

/* What a scalar without quotes would be read as; *ret_truth and *ret_number (each may be NULL) as in a node. */
enum yaml_type yaml_plain_type(const char *text, bool *ret_truth, int64_t *ret_number);

/* Appends the document as block YAML in the order it has. Strings that would be read as another type are quoted, what a
 * terminal would obey is escaped. 0, or -ENOMEM, or -EINVAL for what libyaml refuses. */
int yaml_write(struct buf *out, struct json_object *from);

/* The version of libyaml, static. */
const char *yaml_library(void);

#endif
