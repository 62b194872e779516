/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/data/yaml*.c share: the memory of a tree, and what closes a map. Nobody else includes this.
 */
#ifndef DATA_YAML_TREE_H
#define DATA_YAML_TREE_H

#include <stddef.h>

struct err;
struct yaml_docs;
struct yaml_node;

/* `size` bytes that live as long as the documents; NULL without memory. */
void *yaml_tree_alloc(struct yaml_docs *docs, size_t size);
void yaml_tree_free(struct yaml_docs *docs);

/* Merges what `<<` names into a map that has all its members (what it merges is added to *total), and remembers in
 * docs->twice the first pair of members of the same name. */
int yaml_tree_finish_map(struct yaml_docs *docs, struct yaml_node *map, unsigned int *total, struct err *err);

#endif
