/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tree of namespaces: one node an inode, with the containers that are in it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cmd/report.h"
#include "out/html.h"

#define DEPTH_MAX 40 /* the kernel nests 32 deep */

struct node {
	uint64_t inode, parent;
	bool written;
};

struct tree {
	const struct report *r;
	enum ns_type type;
	struct node *nodes; /* owned */
	size_t n;
};

static struct node *node_of(const struct tree *t, uint64_t inode)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->nodes[i].inode == inode)
			return &t->nodes[i];
	return NULL;
}

static void write_node(const struct tree *t, struct node *node, unsigned int depth, struct buf *to);

static void write_children(const struct tree *t, uint64_t parent, unsigned int depth, struct buf *to)
{
	bool any = false;

	for (size_t i = 0; i < t->n; i++) {
		if (t->nodes[i].written || t->nodes[i].parent != parent)
			continue;
		if (!any)
			buf_str(to, "<ul>\n");
		any = true;
		write_node(t, &t->nodes[i], depth, to);
	}
	if (any)
		buf_str(to, "</ul>\n");
}

static void write_node(const struct tree *t, struct node *node, unsigned int depth, struct buf *to)
{
	bool any = node->inode == t->r->index.host[t->type];

	node->written = true;
	buf_printf(to, "<li><code>%" PRIu64 "</code> %s", node->inode, any ? "the host's" : "");
	for (size_t i = 0; i < t->r->namespaces.n; i++) {
		const struct namespace *ns = &t->r->namespaces.items[i];

		if (ns->type != t->type || ns->inode != node->inode || !ns->container)
			continue;
		buf_str(to, any ? ", " : "");
		any = true;
		html_text(to, ns->container->ref);
		if (ns->container->pid)
			buf_printf(to, " <span class=\"dim\">(init %d)</span>", (int)ns->container->pid);
	}
	if (depth < DEPTH_MAX)
		write_children(t, node->inode, depth + 1, to);
	buf_str(to, "</li>\n");
}

static void add_node(struct tree *t, uint64_t inode, uint64_t parent)
{
	if (!inode || node_of(t, inode))
		return;
	t->nodes[t->n++] = (struct node){.inode = inode, .parent = parent};
}

void report_tree(const struct report *r, enum ns_type type, struct buf *to)
{
	CLEANUP_FREE struct node *nodes = calloc(r->namespaces.n + 1, sizeof(*nodes));
	struct tree t = {.r = r, .type = type, .nodes = nodes};

	if (!nodes) {
		to->failed = true;
		return;
	}
	add_node(&t, r->index.host[type], 0);
	for (size_t i = 0; i < r->namespaces.n; i++)
		if (r->namespaces.items[i].type == type)
			add_node(&t, r->namespaces.items[i].inode, r->namespaces.items[i].parent);
	buf_str(to, "<ul>\n");
	/* whose parent is none of them, or not to be seen, stands at the top */
	for (size_t i = 0; i < t.n; i++)
		if (!node_of(&t, t.nodes[i].parent))
			write_node(&t, &t.nodes[i], 0, to);
	for (size_t i = 0; i < t.n; i++)
		if (!t.nodes[i].written)
			write_node(&t, &t.nodes[i], 0, to);
	buf_str(to, "</ul>\n");
}
