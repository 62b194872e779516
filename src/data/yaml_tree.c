/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/yaml_tree.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/yaml.h"

#define CHUNK_SIZE 16384

struct yaml_chunk {
	struct yaml_chunk *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

void *yaml_tree_alloc(struct yaml_docs *docs, size_t size)
{
	struct yaml_chunk *chunk = docs->chunks;
	void *at;

	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!chunk || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		*chunk = (struct yaml_chunk){.next = docs->chunks, .size = room};
		docs->chunks = chunk;
	}
	at = chunk->data + chunk->used;
	chunk->used += size;
	return at;
}

void yaml_tree_free(struct yaml_docs *docs)
{
	struct yaml_chunk *next;

	for (struct yaml_chunk *chunk = docs->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	docs->chunks = NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *name)
{
	if (!map || map->type != YAML_MAP)
		return NULL;
	for (const struct yaml_node *member = map->child; member; member = member->next)
		if (!strcmp(member->key->text, name))
			return member;
	return NULL;
}

static int refuse_at(
	const struct yaml_docs *docs, const struct yaml_node *at, struct err *err, const char *why)
{
	return err_set(err, -EINVAL, ERR_USAGE, "%s:%u:%u: %s", docs->name, at->line, at->column, why);
}

/* The map while it takes what is merged. */
struct merge {
	struct yaml_docs *docs;
	struct yaml_node *map;
	struct yaml_node **tail; /* at or before its end; it only moves on, so many merges cost one walk */
	unsigned int rank;	 /* counts up, so that the nearer one wins */
	unsigned int *total;
	struct err *err;
};

/* Puts copies of the members of `from` behind those of the map. */
static int merge_one(struct merge *m, const struct yaml_node *from, const struct yaml_node *at)
{
	struct yaml_node *copy;

	if (from->type != YAML_MAP)
		return refuse_at(m->docs, at, m->err, "what << merges must be an object");
	if (!from->weight)
		return refuse_at(m->docs, at, m->err, "alias inside of what it names");
	while (*m->tail)
		m->tail = &(*m->tail)->next;
	for (const struct yaml_node *member = from->child; member; member = member->next) {
		if (member->weight >= YAML_NODES_MAX - *m->total)
			return refuse_at(m->docs, at, m->err, "too many values by aliases");
		*m->total += member->weight + 1;
		copy = yaml_tree_alloc(m->docs, sizeof(*copy));
		if (!copy)
			return err_sys(m->err, -ENOMEM, "%s", m->docs->name);
		*copy = *member;
		copy->next = NULL;
		copy->merged = ++m->rank;
		*m->tail = copy;
		m->tail = &copy->next;
		m->map->n++;
		if (m->map->height < copy->height + 1)
			m->map->height = copy->height + 1;
	}
	return 0;
}

static bool is_merge(const struct yaml_node *member)
{
	return member->key->plain && !strcmp(member->key->text, "<<") && !member->merged;
}

static int merge(struct yaml_docs *docs, struct yaml_node *map, unsigned int *total, struct err *err)
{
	struct merge m = {.docs = docs, .map = map, .tail = &map->child, .total = total, .err = err};
	int code = 0;

	for (struct yaml_node **at = &map->child, *member; (member = *at) && !code;) {
		if (!is_merge(member)) {
			at = &member->next;
			continue;
		}
		*at = member->next;
		map->n--;
		if (m.tail == &member->next)
			m.tail = at;
		if (member->type != YAML_LIST)
			code = merge_one(&m, member, member);
		else
			for (const struct yaml_node *item = member->child; item && !code; item = item->next)
				code = merge_one(&m, item, member);
	}
	return code;
}

/* By name, then the map's own ones as they stand, then the merged ones as they came. */
static int by_name(const void *a, const void *b)
{
	const struct yaml_node *one = *(struct yaml_node *const *)a, *two = *(struct yaml_node *const *)b;
	int order = strcmp(one->key->text, two->key->text);

	if (order)
		return order;
	if (one->merged != two->merged)
		return one->merged < two->merged ? -1 : 1;
	if (one->key->line != two->key->line)
		return one->key->line < two->key->line ? -1 : 1;
	return one->key->column < two->key->column ? -1 : one->key->column > two->key->column;
}

static bool stands_before(const struct yaml_node *one, const struct yaml_node *two)
{
	return !two || one->line < two->line || (one->line == two->line && one->column < two->column);
}

static void drop_marked(struct yaml_node *map)
{
	for (struct yaml_node **at = &map->child, *member; (member = *at);) {
		if (member->merged == UINT32_MAX) {
			*at = member->next;
			map->n--;
		} else {
			at = &member->next;
		}
	}
}

int yaml_tree_finish_map(struct yaml_docs *docs, struct yaml_node *map, unsigned int *total, struct err *err)
{
	CLEANUP_FREE struct yaml_node **sorted = NULL;
	size_t n = 0;
	int code = merge(docs, map, total, err);

	if (code || map->n < 2)
		return code;
	sorted = calloc(map->n, sizeof(struct yaml_node *));
	if (!sorted)
		return err_sys(err, -ENOMEM, "%s", docs->name);
	for (struct yaml_node *member = map->child; member; member = member->next)
		sorted[n++] = member;
	qsort(sorted, n, sizeof(struct yaml_node *), by_name);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (strcmp(sorted[first]->key->text, sorted[i]->key->text) != 0)
			first = i;
		else if (sorted[i]->merged)
			sorted[i]->merged = UINT32_MAX;
		else if (stands_before(sorted[i]->key, docs->twice.second))
			docs->twice = (struct yaml_twice){sorted[first]->key, sorted[i]->key};
	}
	drop_marked(map);
	return 0;
}
