/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * yaml_docs_parse: the tree that it gives is bounded and whole. yaml_write: what a JSON text holds is the
 * same after the way through YAML.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "data/json.h"
#include "data/yaml.h"

#define MEMBERS_LOOKED_UP 100 /* each costs a walk */

static void check_node(const struct yaml_node *node, unsigned int depth, size_t *total)
{
	size_t n = 0;

	/* keys are values too */
	FUZZ_CHECK(++*total <= YAML_NODES_MAX);
	FUZZ_CHECK(depth <= YAML_DEPTH_MAX);
	FUZZ_CHECK(node->line > 0 && node->column > 0);
	FUZZ_CHECK(node->text && strlen(node->text) == node->len);
	if (node->type != YAML_MAP && node->type != YAML_LIST)
		FUZZ_CHECK(!node->child && !node->n);
	for (const struct yaml_node *child = node->child; child; child = child->next) {
		FUZZ_CHECK((child->key != NULL) == (node->type == YAML_MAP));
		if (child->key) {
			FUZZ_CHECK(child->key->type == YAML_TEXT);
			FUZZ_CHECK(strlen(child->key->text) == child->key->len);
			if (n < MEMBERS_LOOKED_UP)
				FUZZ_CHECK(yaml_get(node, child->key->text));
		}
		n++;
		check_node(child, depth + 1, total);
	}
	FUZZ_CHECK(n == node->n);
}

static void read_yaml(const char *text, size_t len)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_YAML struct yaml_docs docs = {0};
	int r = yaml_docs_parse("f.yaml", text, len, &docs, &err);

	fuzz_check_err(r, &err);
	for (size_t i = 0; r == 0 && i < docs.n; i++) {
		size_t total = 0;

		check_node(docs.items[i].root, 0, &total);
	}
}

static void add_text(struct buf *out, const struct yaml_node *node)
{
	CLEANUP_JSON struct json_object *text = json_new_text_n(node->text, node->len);

	json_write(out, text, false);
}

/* The tree as JSON. */
static void to_json(struct buf *out, const struct yaml_node *node)
{
	const struct yaml_node *child = node->child;

	switch (node->type) {
	case YAML_NULL:
		buf_str(out, "null");
		break;
	case YAML_TEXT:
		add_text(out, node);
		break;
	case YAML_MAP:
	case YAML_LIST:
		buf_char(out, node->type == YAML_MAP ? '{' : '[');
		for (; child; child = child->next) {
			if (child->key) {
				add_text(out, child->key);
				buf_char(out, ':');
			}
			to_json(out, child);
			if (child->next)
				buf_char(out, ',');
		}
		buf_char(out, node->type == YAML_MAP ? '}' : ']');
		break;
	default:
		buf_str(out, node->text);
	}
}

static void write_yaml(const char *text, size_t len)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_JSON struct json_object *doc = NULL;
	CLEANUP_YAML struct yaml_docs docs = {0};
	CLEANUP_BUF struct buf yaml = {0}, before = {0}, after = {0};

	if (json_parse("f.json", text, len, &doc, &err) < 0)
		return;
	json_write(&before, doc, false);
	FUZZ_CHECK(yaml_write(&yaml, doc) == 0);
	for (size_t i = 0; i < yaml.len; i++)
		FUZZ_CHECK(yaml.data[i] == '\n' || (unsigned char)yaml.data[i] >= 0x20);
	/* YAML has no place for a NUL; of what is no UTF-8 two names may become one */
	if (strstr(buf_text(&before), "\\u0000") || !fuzz_is_utf8(text, len))
		return;
	if (yaml_docs_parse("f.yaml", yaml.data, yaml.len, &docs, &err) < 0) {
		fprintf(stderr, "%s\n%s\n", err.message, buf_text(&yaml));
		FUZZ_CHECK(!"what was written can be read");
	}
	FUZZ_CHECK(docs.n == 1);
	to_json(&after, docs.items[0].root);
	if (strcmp(buf_text(&before), buf_text(&after)) != 0) {
		fprintf(stderr, "%s\n%s\n%s\n", buf_text(&before), buf_text(&yaml), buf_text(&after));
		FUZZ_CHECK(!"it is the same after the way through YAML");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool truth;
	int64_t number;
	CLEANUP_FREE char *text = fuzz_copy(data, size);

	if (size && memchr(data, '\0', size) == NULL)
		yaml_plain_type(text, &truth, &number);
	read_yaml((const char *)data, size);
	write_yaml((const char *)data, size);
	return 0;
}
