/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/tree.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "out/out.h"

#define NOWHERE SIZE_MAX
#define LEVELS_MAX 64 /* that are drawn: whoever may fork may make a tree as deep as it has processes */

/* A row by its key. */
struct named {
	uint64_t key;
	size_t row;
};

static int by_key(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* The first of the rows with that key. */
static size_t find(const struct named *names, size_t n, uint64_t key)
{
	size_t low = 0, high = n;

	while (key && low < high) {
		size_t middle = low + (high - low) / 2;

		if (names[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return key && low < n && names[low].key == key ? names[low].row : NOWHERE;
}

/* The tree while it is made: rows by their place in the order that was given. */
struct maker {
	const struct view *view;
	const struct out_rows *rows;
	struct named *names;	     /* of all rows */
	size_t *place;		     /* of each row; NOWHERE: not shown */
	size_t *parent;		     /* by place from here on */
	size_t *child, *next, *tail; /* first child, next sibling, last child */
	bool *seen;
};

static void maker_free(struct maker *m)
{
	free(m->names);
	free(m->place);
	free(m->parent);
	free(m->child);
	free(m->next);
	free(m->tail);
	free(m->seen);
}

static const void *item(const struct maker *m, size_t row)
{
	return (const char *)m->rows->items + row * m->rows->size;
}

static int maker_init(struct maker *m, const size_t *order, size_t n)
{
	size_t all = m->rows->n;

	m->names = calloc(all + 1, sizeof(*m->names));
	m->place = calloc(all + 1, sizeof(*m->place));
	m->parent = calloc(n + 1, sizeof(*m->parent));
	m->child = calloc(n + 1, sizeof(*m->child));
	m->next = calloc(n + 1, sizeof(*m->next));
	m->tail = calloc(n + 1, sizeof(*m->tail));
	m->seen = calloc(n + 1, sizeof(*m->seen));
	if (!m->names || !m->place || !m->parent || !m->child || !m->next || !m->tail || !m->seen)
		return -ENOMEM;
	for (size_t i = 0; i < all; i++) {
		m->names[i] = (struct named){m->view->key(item(m, i)), i};
		m->place[i] = NOWHERE;
	}
	qsort(m->names, all, sizeof(*m->names), by_key);
	for (size_t i = 0; i < n; i++) {
		m->place[order[i]] = i;
		m->parent[i] = m->child[i] = m->next[i] = m->tail[i] = NOWHERE;
	}
	return 0;
}

/* The nearest row above that is shown. A loop among rows that are not ends after as many steps as there are
 * rows. */
static size_t find_parent(const struct maker *m, size_t row)
{
	for (size_t steps = 0, at = row; steps < m->rows->n; steps++) {
		at = find(m->names, m->rows->n, m->view->parent(item(m, at)));
		if (at == NOWHERE || at == row)
			return NOWHERE;
		if (m->place[at] != NOWHERE)
			return m->place[at];
	}
	return NOWHERE;
}

static void link_all(struct maker *m, const size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t parent = find_parent(m, order[i]);

		m->parent[i] = parent;
		if (parent == NOWHERE)
			continue;
		if (m->tail[parent] == NOWHERE)
			m->child[parent] = i;
		else
			m->next[m->tail[parent]] = i;
		m->tail[parent] = i;
	}
}

/* The next row in the order of the tree below `top`, NOWHERE behind the last. What was seen already is left
 * out: that is where a loop is cut. */
static size_t walk(const struct maker *m, size_t top, size_t at)
{
	size_t next = m->child[at];

	for (;;) {
		while (next != NOWHERE && m->seen[next])
			next = m->next[next];
		if (next != NOWHERE || at == top)
			return next;
		next = m->next[at];
		at = m->parent[at];
	}
}

static size_t lay_out(struct maker *m, size_t top, size_t *to, size_t done, size_t *place)
{
	for (size_t at = top; at != NOWHERE; at = walk(m, top, at)) {
		m->seen[at] = true;
		place[at] = done;
		to[done++] = at;
	}
	return done;
}

int out_tree_make(
	const struct view *view, const struct out_rows *rows, size_t *order, size_t n, struct out_tree *ret)
{
	CLEANUP(maker_free) struct maker m = {.view = view, .rows = rows};
	CLEANUP_FREE size_t *to = calloc(n + 1, sizeof(*to)), *place = calloc(n + 1, sizeof(*place));
	size_t done = 0;

	ret->above = calloc(n + 1, sizeof(*ret->above));
	ret->depth = calloc(n + 1, sizeof(*ret->depth));
	ret->last = calloc(n + 1, sizeof(*ret->last));
	if (!to || !place || !ret->above || !ret->depth || !ret->last || maker_init(&m, order, n))
		return -ENOMEM;
	link_all(&m, order, n);
	for (size_t i = 0; i < n; i++)
		if (m.parent[i] == NOWHERE)
			done = lay_out(&m, i, to, done, place);
	for (size_t i = 0; done < n && i < n; i++)
		if (!m.seen[i]) { /* all of them hang under each other */
			m.parent[i] = NOWHERE;
			done = lay_out(&m, i, to, done, place);
		}
	for (size_t i = 0; i < n; i++) {
		size_t from = to[i];

		ret->above[i] = m.parent[from] == NOWHERE ? NOWHERE : place[m.parent[from]];
		ret->depth[i] = m.parent[from] == NOWHERE ? 0 : ret->depth[ret->above[i]] + 1;
		to[i] = order[from];
	}
	/* the last one that hangs somewhere has the highest place there */
	for (size_t i = 0; i < n; i++)
		m.tail[i] = NOWHERE;
	for (size_t i = n; i-- > 0;) {
		size_t above = ret->above[i];

		ret->last[i] = above != NOWHERE && m.tail[above] == NOWHERE;
		if (above != NOWHERE && m.tail[above] == NOWHERE)
			m.tail[above] = i;
	}
	for (size_t i = 0; i < n; i++)
		order[i] = to[i];
	return 0;
}

void out_tree_free(struct out_tree *tree)
{
	free(tree->above);
	free(tree->depth);
	free(tree->last);
	*tree = (struct out_tree){0};
}

void out_tree_lines(const struct out_tree *tree, size_t place, struct buf *to)
{
	static const char *const unicode[] = {"\u2502 ", "  ", "\u251c\u2500", "\u2514\u2500"};
	static const char *const ascii[] = {"| ", "  ", "|-", "`-"};
	const char *const *lines = tree->ascii ? ascii : unicode;
	size_t up[LEVELS_MAX] = {0}, n = 0;

	for (size_t at = place; n < LEVELS_MAX && tree->above[at] != NOWHERE; at = tree->above[at])
		up[n++] = at;
	if (tree->depth[place] > n)
		buf_printf(to, "+%zu ", tree->depth[place] - n);
	while (n-- > 0)
		buf_str(to, lines[(n ? 0 : 2) + tree->last[up[n]]]);
}
