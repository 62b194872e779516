/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reading half of data/yaml.h: libyaml's events become a tree. Everything that a hostile file can make
 * large is counted as it comes, so the work is bounded by the size cap and not by what the text means.
 */
#include "data/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/yaml_tree.h"

#define YAML_ANCHORS_MAX 1000

struct anchor {
	char *name;
	struct yaml_node *node; /* complete once its weight is not 0 */
};

struct reader {
	yaml_parser_t parser;
	struct yaml_docs *docs;
	struct anchor anchors[YAML_ANCHORS_MAX];
	size_t n_anchors;
	const char *text;
	size_t len;
	unsigned int total; /* values, aliases counted as often as they are used */
	struct err *err;
};

static void forget_anchors(struct reader *r)
{
	while (r->n_anchors)
		free(r->anchors[--r->n_anchors].name);
}

static void free_reader(struct reader **reader)
{
	if (!*reader)
		return;
	forget_anchors(*reader);
	yaml_parser_delete(&(*reader)->parser);
	free(*reader);
}

static int refuse(struct reader *r, const yaml_mark_t *mark, const char *why)
{
	return err_set(r->err, -EINVAL, ERR_USAGE, "%s:%zu:%zu: %s", r->docs->name, mark->line + 1,
		mark->column + 1, why);
}

/* libyaml's own refusals. Those of its decoder have an offset and no mark. */
static int refuse_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	yaml_mark_t mark = p->problem_mark;
	const char *why = p->problem ? p->problem : "not YAML";

	if (p->error == YAML_MEMORY_ERROR)
		return err_sys(r->err, -ENOMEM, "%s", r->docs->name);
	if (p->error == YAML_READER_ERROR) {
		mark = (yaml_mark_t){0};
		for (size_t i = 0; i < p->problem_offset && i < r->len; i++) {
			mark.column++;
			if (r->text[i] == '\n')
				mark = (yaml_mark_t){.line = mark.line + 1};
		}
	}
	refuse(r, &mark, why);
	if (p->context && p->context_mark.line != mark.line)
		err_why(r->err, "%s that begins in line %zu", p->context, p->context_mark.line + 1);
	if (mark.index < r->len && r->text[mark.index] == '\t')
		err_hint(r->err, "YAML takes no tabs as indentation: use blanks");
	return r->err->code;
}

static int next_event(struct reader *r, yaml_event_t *event)
{
	return yaml_parser_parse(&r->parser, event) ? 0 : refuse_syntax(r);
}

static struct yaml_node *new_node(struct reader *r, const yaml_mark_t *mark)
{
	struct yaml_node *node;

	if (++r->total > YAML_NODES_MAX) {
		refuse(r, mark, "too many values");
		return NULL;
	}
	node = yaml_tree_alloc(r->docs, sizeof(*node));
	if (!node) {
		err_sys(r->err, -ENOMEM, "%s", r->docs->name);
		return NULL;
	}
	*node = (struct yaml_node){
		.line = (unsigned int)mark->line + 1, .column = (unsigned int)mark->column + 1, .text = ""};
	return node;
}

static int add_anchor(
	struct reader *r, const yaml_mark_t *mark, const yaml_char_t *name, struct yaml_node *node)
{
	if (!name)
		return 0;
	if (r->n_anchors == YAML_ANCHORS_MAX)
		return refuse(r, mark, "too many anchors");
	r->anchors[r->n_anchors].name = strdup((const char *)name);
	if (!r->anchors[r->n_anchors].name)
		return err_sys(r->err, -ENOMEM, "%s", r->docs->name);
	r->anchors[r->n_anchors++].node = node;
	return 0;
}

/* An alias is a second node over the same children; what it would be worth if it were written out is counted.
 */
static int read_alias(struct reader *r, const yaml_event_t *event, unsigned int depth, struct yaml_node **ret)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct yaml_node *target = NULL;
	struct yaml_node *node;

	for (size_t i = r->n_anchors; i > 0 && !target; i--)
		if (!strcmp(r->anchors[i - 1].name, name))
			target = r->anchors[i - 1].node;
	if (!target)
		return refuse(r, &event->start_mark, "alias without an anchor before it");
	if (!target->weight)
		return refuse(r, &event->start_mark, "alias inside of what it names");
	if (depth + target->height > YAML_DEPTH_MAX)
		return refuse(r, &event->start_mark, "nested too deep");
	if (target->weight > YAML_NODES_MAX - r->total)
		return refuse(r, &event->start_mark, "too many values by aliases");
	node = new_node(r, &event->start_mark);
	if (!node)
		return r->err->code;
	r->total += target->weight - 1;
	*node = (struct yaml_node){.type = target->type,
		.plain = target->plain,
		.line = node->line,
		.column = node->column,
		.text = target->text,
		.len = target->len,
		.truth = target->truth,
		.number = target->number,
		.child = target->child,
		.n = target->n,
		.weight = target->weight,
		.height = target->height};
	*ret = node;
	return 0;
}

static bool is_tag(const yaml_char_t *tag, const char *name)
{
	const char *at = (const char *)tag;

	return text_has_prefix(at, "tag:yaml.org,2002:") && !strcmp(strrchr(at, ':') + 1, name);
}

static int set_scalar_type(struct reader *r, const yaml_event_t *event, struct yaml_node *node)
{
	const yaml_char_t *tag = event->data.scalar.tag;
	enum yaml_type type = yaml_plain_type(node->text, &node->truth, &node->number);

	if (!tag || !*tag) {
		node->type = node->plain ? type : YAML_TEXT;
		return 0;
	}
	if (!strcmp((const char *)tag, "!") || is_tag(tag, "str"))
		node->type = YAML_TEXT;
	else if ((is_tag(tag, "int") && type == YAML_INT) || (is_tag(tag, "bool") && type == YAML_BOOL) ||
		 (is_tag(tag, "null") && type == YAML_NULL) ||
		 (is_tag(tag, "float") && (type == YAML_INT || type == YAML_FLOAT)))
		node->type = type;
	else
		return refuse(r, &event->start_mark, "a tag that does not fit the value, or is not known");
	return 0;
}

static int read_scalar(struct reader *r, const yaml_event_t *event, struct yaml_node **ret)
{
	struct yaml_node *node = new_node(r, &event->start_mark);
	char *text;

	if (!node)
		return r->err->code;
	node->len = event->data.scalar.length;
	if (memchr(event->data.scalar.value, '\0', node->len))
		return refuse(r, &event->start_mark, "NUL inside of a text");
	text = yaml_tree_alloc(r->docs, node->len + 1);
	if (!text)
		return err_sys(r->err, -ENOMEM, "%s", r->docs->name);
	memcpy(text, event->data.scalar.value, node->len);
	text[node->len] = '\0';
	node->text = text;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (set_scalar_type(r, event, node) ||
		add_anchor(r, &event->start_mark, event->data.scalar.anchor, node))
		return r->err->code;
	node->weight = 1;
	*ret = node;
	return 0;
}

static int read_node(struct reader *r, yaml_event_t *event, unsigned int depth, struct yaml_node **ret);

/* A key becomes text as in JSON; `<<` written plainly stays a merge key. */
static int check_key(struct reader *r, struct yaml_node *key)
{
	yaml_mark_t mark = {.line = key->line - 1, .column = key->column - 1};

	if (key->type == YAML_MAP || key->type == YAML_LIST || key->type == YAML_NULL)
		return refuse(r, &mark, "a key must be text");
	if (key->type == YAML_BOOL) {
		key->text = key->truth ? "true" : "false";
		key->len = strlen(key->text);
	}
	key->type = YAML_TEXT;
	return 0;
}

/* Reads members or items until the end of the collection. */
static int read_children(struct reader *r, struct yaml_node *into, unsigned int depth)
{
	struct yaml_node **tail = &into->child;
	bool map = into->type == YAML_MAP;
	int code;

	into->height = 1;
	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event = {0}, value_event = {0};
		struct yaml_node *key = NULL, *node = NULL;

		code = next_event(r, &event);
		if (code || event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT)
			return code;
		if (map) {
			code = read_node(r, &event, depth + 1, &key);
			code = code ? code : check_key(r, key);
			code = code ? code : next_event(r, &value_event);
		}
		code = code ? code : read_node(r, map ? &value_event : &event, depth + 1, &node);
		if (code)
			return code;
		node->key = key;
		*tail = node;
		tail = &node->next;
		into->n++;
		if (into->height < node->height + 1)
			into->height = node->height + 1;
	}
}

static int read_collection(
	struct reader *r, const yaml_event_t *event, unsigned int depth, struct yaml_node **ret)
{
	bool map = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	const yaml_char_t *anchor =
		map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
	struct yaml_node *node;
	unsigned int before = r->total;
	int code;

	if (depth >= YAML_DEPTH_MAX)
		return refuse(r, &event->start_mark, "nested too deep");
	if (tag && *tag && strcmp((const char *)tag, "!") != 0 && !is_tag(tag, map ? "map" : "seq"))
		return refuse(r, &event->start_mark, "a tag that does not fit the value, or is not known");
	node = new_node(r, &event->start_mark);
	if (!node)
		return r->err->code;
	node->type = map ? YAML_MAP : YAML_LIST;
	code = add_anchor(r, &event->start_mark, anchor, node);
	code = code ? code : read_children(r, node, depth);
	if (!code && map)
		code = yaml_tree_finish_map(r->docs, node, &r->total, r->err);
	node->weight = r->total - before; /* not before: an alias inside would name what is not complete */
	*ret = node;
	return code;
}

static int read_node(struct reader *r, yaml_event_t *event, unsigned int depth, struct yaml_node **ret)
{
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return read_alias(r, event, depth, ret);
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event, ret);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return read_collection(r, event, depth, ret);
	default:
		return refuse(r, &event->start_mark, "unexpected event");
	}
}

static int read_documents(struct reader *r)
{
	struct yaml_docs *docs = r->docs;

	for (;;) {
		CLEANUP(yaml_event_delete) yaml_event_t event = {0}, root_event = {0};
		struct yaml_node *root = NULL;
		struct yaml_doc *grown;
		int code = next_event(r, &event);

		if (code || event.type == YAML_STREAM_END_EVENT)
			return code;
		if (event.type != YAML_DOCUMENT_START_EVENT)
			continue; /* the stream's start, a document's end */
		forget_anchors(r);
		code = next_event(r, &root_event);
		code = code ? code : read_node(r, &root_event, 0, &root);
		if (code)
			return code;
		if (!(docs->n & (docs->n - 1))) { /* full at each power of two */
			grown = reallocarray(docs->items, docs->n ? 2 * docs->n : 1, sizeof(*grown));
			if (!grown)
				return err_sys(r->err, -ENOMEM, "%s", docs->name);
			docs->items = grown;
		}
		docs->items[docs->n++].root = root;
	}
}

/* Names the place where a text grew too large. */
static int refuse_size(const char *name, const char *text, struct err *err)
{
	size_t line = 1, begin = 0;

	for (size_t i = 0; i < YAML_SIZE_MAX; i++) {
		if (text[i] == '\n') {
			line++;
			begin = i + 1;
		}
	}
	return err_set(err, -EFBIG, ERR_USAGE, "%s:%zu:%zu: larger than %u bytes", name, line,
		YAML_SIZE_MAX - begin + 1, YAML_SIZE_MAX);
}

int yaml_docs_parse_loose(
	const char *name, const char *text, size_t len, struct yaml_docs *ret, struct err *err)
{
	CLEANUP(free_reader) struct reader *r = NULL;
	CLEANUP_YAML struct yaml_docs docs = {0};
	int code;

	*ret = docs;
	if (len > YAML_SIZE_MAX)
		return refuse_size(name, text, err);
	docs.name = strdup(name);
	r = calloc(1, sizeof(*r));
	if (!docs.name || !r || !yaml_parser_initialize(&r->parser))
		return err_sys(err, -ENOMEM, "%s", name);
	if (len >= 3 &&
		!memcmp(text, "\xef\xbb\xbf", 3)) { /* libyaml skips it only where it guesses the encoding */
		text += 3;
		len -= 3;
	}
	r->docs = &docs;
	r->text = text;
	r->len = len;
	r->err = err;
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
	code = read_documents(r);
	if (code)
		return code;
	*ret = docs;
	docs = (struct yaml_docs){0};
	return 0;
}

const char *yaml_library(void)
{
	return yaml_get_version_string();
}
