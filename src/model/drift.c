/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From facts to rows. What is compared how stands in the table of checks (drift_check.c).
 */
#include "model/drift.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/drift_reader.h"

const char *drift_verdict_name(enum drift_verdict verdict)
{
	static const char *const names[] = {[DRIFT_OK] = "ok",
		[DRIFT_DRIFT] = "DRIFT",
		[DRIFT_IGNORED] = "IGNORED",
		[DRIFT_UNKNOWN] = "UNKNOWN"};

	return names[verdict];
}

void drift_say(const struct drift_context *c, struct drift_row *row, const char *fmt, ...)
{
	va_list ap;

	free(row->reason);
	va_start(ap, fmt);
	if (vasprintf(&row->reason, fmt, ap) < 0) {
		row->reason = NULL;
		*c->failed = true;
	}
	va_end(ap);
}

struct drift_row *drift_row_add(struct drift_rows *rows, const struct drift_pod *pod, const char *container,
	const char *level, const char *field, const struct manifest_value *at, bool *failed)
{
	size_t cap = rows->cap ? 2 * rows->cap : 32;
	struct drift_row *grown = rows->n < rows->cap ? rows->items
						      : reallocarray(rows->items, cap, sizeof(*grown)),
			 *row;

	*failed |= !grown;
	if (!grown)
		return NULL;
	rows->cap = rows->n < rows->cap ? rows->cap : cap;
	rows->items = grown;
	row = &grown[rows->n++];
	*row = (struct drift_row){
		.container = strdup(container), .level = level, .field = strdup(field), .file = pod->file};
	*failed |= !row->container || !row->field;
	if (at) {
		row->line = at->line;
		row->column = at->column;
	}
	return row;
}

static void row_free(struct drift_row *row)
{
	free(row->container);
	free(row->field);
	free(row->reason);
	drift_value_free(&row->manifest);
	drift_value_free(&row->oci);
	drift_value_free(&row->kernel);
}

static void row_drop(struct drift_rows *rows)
{
	row_free(&rows->items[--rows->n]);
}

void drift_rows_free(struct drift_rows *rows)
{
	while (rows->n)
		row_drop(rows);
	free(rows->items);
	*rows = (struct drift_rows){0};
}

static const char *level_name(unsigned int level)
{
	return level & (MANIFEST_SPEC | MANIFEST_POD) ? "pod" : "container";
}

static enum drift_answer ask(
	const struct drift_check *check, const struct drift_context *c, const struct drift_side *side)
{
	return side->known ? check->agrees(c, side) : DRIFT_CANNOT;
}

/* A command line may have been written over by the process itself, so of the kernel's only that it agrees
 * counts. */
static enum drift_verdict verdict_of(
	const struct drift_check *check, enum drift_answer oci, enum drift_answer kernel)
{
	if (check->flags & DRIFT_CHECK_CONFIG && oci != DRIFT_CANNOT)
		return oci == DRIFT_YES ? DRIFT_OK : DRIFT_DRIFT;
	if (check->flags & DRIFT_CHECK_CONFIG)
		return kernel == DRIFT_YES ? DRIFT_OK : DRIFT_UNKNOWN;
	if (kernel == DRIFT_NO || oci == DRIFT_NO)
		return DRIFT_DRIFT;
	return kernel == DRIFT_YES ? DRIFT_OK : DRIFT_UNKNOWN;
}

static void explain(const struct drift_check *check, const struct drift_context *c, enum drift_answer oci,
	enum drift_answer kernel, struct drift_row *row)
{
	if (row->verdict == DRIFT_UNKNOWN && check->unknown)
		drift_say(c, row, "%s", check->unknown);
	if (row->verdict != DRIFT_DRIFT)
		return;
	if (!c->value->set && c->field->unset)
		drift_say(c, row, "not set, and the default is %s", c->field->unset);
	else if (oci == DRIFT_YES)
		drift_say(c, row, "its config agrees: it has become another since it was started");
	else if (kernel == DRIFT_YES)
		drift_say(c, row, "its config differs: it has come to agree since it was started");
	else
		drift_say(c, row, "it was started otherwise");
}

/* What was wrong with the manifest itself is the reason where there is no better one. */
static void take_remark(const struct drift_context *c, struct drift_row *row)
{
	const struct manifest_pod *wanted = c->pod->wanted;

	for (size_t i = 0; i < wanted->n_remarks && row->line; i++) {
		const struct manifest_remark *remark = &wanted->remarks[i];

		if (remark->line != row->line || remark->column != row->column ||
			remark->severity == MANIFEST_UNUSED)
			continue;
		if (remark->severity == MANIFEST_INVALID)
			drift_say(c, row, "invalid: %s", remark->message);
		else if (!row->reason)
			drift_say(c, row, "%s", remark->message);
	}
}

static void fill(const struct drift_check *check, const struct drift_context *c, struct drift_row *row)
{
	enum drift_answer oci = ask(check, c, &c->facts->oci), kernel = ask(check, c, &c->facts->kernel);

	drift_value_manifest(c, c->field, c->value, &row->manifest);
	if (c->facts->oci.known)
		check->show(c, &c->facts->oci, &row->oci);
	if (c->facts->kernel.known)
		check->show(c, &c->facts->kernel, &row->kernel);
	row->verdict = verdict_of(check, oci, kernel);
	explain(check, c, oci, kernel, row);
	if (check->judge)
		check->judge(c, row);
	take_remark(c, row);
}

static bool same_value(const struct drift_value *a, const struct drift_value *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == DRIFT_VALUE_NUMBER ? a->number == b->number
					     : a->text && b->text && !strcmp(a->text, b->text);
}

/* Not set, and the API has no default: the config tells what the image or the engine chose. */
static void fill_unset(const struct drift_check *check, const struct drift_context *c, struct drift_row *row)
{
	bool ids = !strncmp(check->field, "runAs", strlen("runAs"));

	row->manifest.kind = DRIFT_VALUE_NONE;
	check->show(c, &c->facts->oci, &row->oci);
	if (c->facts->kernel.known)
		check->show(c, &c->facts->kernel, &row->kernel);
	drift_say(c, row, "not set: %s", ids ? "the image decides" : "the engine decides");
	if (c->facts->kernel.known && !same_value(&row->oci, &row->kernel))
		drift_say(c, row, "not set: %s, and it has become another since it was started",
			ids ? "the image decides" : "the engine decides");
}

/* The API's default as if it stood in the manifest. */
static struct manifest_value default_of(const struct manifest_field *field)
{
	return (struct manifest_value){
		.truth = field->unset && !strcmp(field->unset, "true"), .text = field->unset};
}

static void compare_one(const struct drift_check *check, struct drift_context *c,
	const struct manifest_value *value, struct drift_rows *rows)
{
	bool of_pod = check->flags & DRIFT_CHECK_POD, caps = !strncmp(check->field, "capabilities.", 13);
	struct manifest_value unset = default_of(c->field);
	struct drift_row *row;

	if (!value->set && !c->field->unset && !caps &&
		!(check->flags & DRIFT_CHECK_UNSET && c->facts->oci.known))
		return;
	row = drift_row_add(rows, c->pod, of_pod ? c->pod->ref : c->facts->container->ref,
		level_name(value->set				 ? value->level
			   : c->field->levels & MANIFEST_CONTEXT ? MANIFEST_CONTEXT
								 : c->field->levels),
		check->field, value->set ? value : NULL, c->failed);
	if (!row)
		return;
	c->value = value->set ? value : &unset;
	if (!value->set && !c->field->unset && !caps)
		fill_unset(check, c, row);
	else
		fill(check, c, row);
	if (!value->set && row->verdict != DRIFT_DRIFT && !(check->flags & DRIFT_CHECK_UNSET))
		row_drop(rows);
}

static const struct manifest_value *value_of(
	const struct drift_context *c, const struct manifest_container *wanted)
{
	const struct manifest_field *field = c->field;

	if (field->levels & MANIFEST_SPEC)
		return manifest_value(field, MANIFEST_SPEC, c->pod->wanted, NULL);
	if (field->levels & MANIFEST_CONTAINER)
		return manifest_value(field, MANIFEST_CONTAINER, c->pod->wanted, wanted);
	return (const struct manifest_value *)(const void *)((const char *)c->effective + field->offset);
}

static const struct manifest_field *field_of(const char *name)
{
	static const enum manifest_level levels[] = {
		MANIFEST_SPEC, MANIFEST_POD, MANIFEST_CONTEXT, MANIFEST_CONTAINER};
	const struct manifest_field *field = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(levels) && !field; i++)
		field = manifest_field(name, levels[i]);
	return field;
}

static bool really_privileged(const struct drift_context *c)
{
	const struct manifest_value *value = &c->effective->privileged;
	enum drift_answer answer = drift_privileged_of(c, &c->facts->kernel);

	if (answer == DRIFT_CANNOT)
		answer = drift_privileged_of(c, &c->facts->oci);
	return answer == DRIFT_CANNOT ? value->set && value->truth : answer == DRIFT_YES;
}

/* The checks of one container: those of the Pod, or the others. */
static void compare_container(const struct drift_pod *pod, const struct drift_facts *facts, bool of_pod,
	struct drift_rows *rows, bool *failed)
{
	struct manifest_context effective;
	struct drift_context c = {.pod = pod, .facts = facts, .effective = &effective, .failed = failed};

	manifest_effective(pod->wanted, facts->wanted, &effective);
	drift_defaults(&c);
	c.privileged = really_privileged(&c);
	for (const struct drift_check *check = drift_checks; check->field; check++) {
		if (!(check->flags & DRIFT_CHECK_POD) == of_pod)
			continue;
		c.field = field_of(check->field);
		if (c.field)
			compare_one(check, &c, value_of(&c, facts->wanted), rows);
	}
}

static int severity(enum drift_verdict verdict)
{
	static const int order[] = {
		[DRIFT_OK] = 0, [DRIFT_IGNORED] = 1, [DRIFT_UNKNOWN] = 2, [DRIFT_DRIFT] = 3};

	return order[verdict];
}

/* What is the Pod's is asked of each of its containers and said once: of the one that it holds least for. */
static void compare_pod(const struct drift_pod *pod, struct drift_rows *rows, bool *failed)
{
	CLEANUP_DRIFT_ROWS struct drift_rows all = {0};

	for (size_t i = 0; i < pod->n; i++)
		compare_container(pod, &pod->containers[i], true, &all, failed);
	for (const struct drift_check *check = drift_checks; check->field && !*failed; check++) {
		struct drift_row *worst = NULL, *row;

		for (size_t i = 0; i < all.n; i++)
			if (all.items[i].field && !strcmp(all.items[i].field, check->field) &&
				(!worst || severity(all.items[i].verdict) > severity(worst->verdict)))
				worst = &all.items[i];
		row = worst ? drift_row_add(rows, pod, "", "", "", NULL, failed) : NULL;
		if (!row)
			continue;
		row_free(row);
		*row = *worst;
		*worst = (struct drift_row){.file = pod->file};
	}
}

int drift_compare(const struct drift_pod *pod, struct drift_rows *rows)
{
	bool failed = false;

	compare_pod(pod, rows, &failed);
	drift_sysctls(pod, rows, &failed);
	drift_misplaced(pod, NULL, rows, &failed);
	for (size_t i = 0; i < pod->n && !failed; i++) {
		const struct drift_facts *facts = &pod->containers[i];

		compare_container(pod, facts, false, rows, &failed);
		drift_misplaced(pod, facts, rows, &failed);
	}
	return failed ? -ENOMEM : 0;
}
