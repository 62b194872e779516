/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/model/drift*.c share. Nobody else includes this.
 */
#ifndef MODEL_DRIFT_READER_H
#define MODEL_DRIFT_READER_H

#include "model/drift.h"
#include "model/predict.h"

/* drift_facts.c: remembers a setting under sysctl_path()'s spelling; one that is none is left out. -ENOMEM.
 */
int drift_sysctl_add(struct drift_side *side, const char *name, const char *value);
const char *drift_sysctl_of(const struct drift_side *side, const char *path); /* NULL: not there */

/* One field of one container, while its row is made. */
struct drift_context {
	const struct drift_pod *pod;
	const struct drift_facts *facts;
	const struct manifest_field *field;
	const struct manifest_value
		*value; /* what the manifest says, or the API's default: then set is false */
	const struct manifest_context *effective;
	bool privileged; /* it really is */
	const struct predict_engine *engine;
	bool has_defaults; /* the engine's default set is known */
	uint64_t defaults;
	bool *failed; /* memory ran out */
};

/* The checks: does a side agree with c->value, and what is shown of it? */
struct drift_check {
	const char *field; /* a row's name in manifest_fields() */
	unsigned int flags;
	enum drift_answer (*agrees)(const struct drift_context *c, const struct drift_side *side);
	void (*show)(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
	/* May turn a row that is set into IGNORED or UNKNOWN, and give the reason; behind the comparison. May
	 * be NULL. */
	void (*judge)(const struct drift_context *c, struct drift_row *row);
	const char *unknown; /* why the kernel's side may not be known */
};

enum drift_flags {
	DRIFT_CHECK_POD = 1 << 0,    /* the same for all containers: one row a pod */
	DRIFT_CHECK_CONFIG = 1 << 1, /* the config decides; the kernel's side is only shown */
	DRIFT_CHECK_UNSET =
		1 << 2, /* not set, a row says what the image or the engine chose, where its state tells */
};

/* drift_check.c, drift_caps.c, drift_pod.c: rows of the table in drift.c. */
extern const struct drift_check drift_checks[];

void drift_say(const struct drift_context *c, struct drift_row *row, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))); /* sets the reason, over an earlier one */
enum drift_answer drift_answer_of(bool yes);
enum drift_answer drift_same(enum drift_answer is, bool wanted); /* does it agree with what is wanted? */

bool drift_says(const struct manifest_value *value, const char *word);

/* drift_misplaced.c: rows for what has no effect where it stands in a container's part of the manifest; of the Pod's without facts. */
void drift_misplaced(const struct drift_pod *pod, const struct drift_facts *facts, struct drift_rows *rows, bool *failed);

/* drift_value.c */
void drift_value_bool(struct drift_value *v, bool truth);
void drift_value_answer(struct drift_value *v, enum drift_answer answer); /* CANNOT: unknown */
void drift_value_number(struct drift_value *v, int64_t number);
void drift_value_text(
	const struct drift_context *c, struct drift_value *v, const char *text); /* NULL: none */
void drift_value_item(
	const struct drift_context *c, struct drift_value *v, const char *item); /* makes it a list */
void drift_value_list(struct drift_value *v); /* an empty one, unless it is one already */
void drift_value_caps(const struct drift_context *c, struct drift_value *v, uint64_t mask, bool all);
void drift_value_free(struct drift_value *v);
/* What the manifest says. */
void drift_value_manifest(const struct drift_context *c, const struct manifest_field *field,
	const struct manifest_value *value, struct drift_value *ret);

/* drift_args.c */
enum drift_answer drift_command_agrees(const struct drift_context *c, const struct drift_side *side);
enum drift_answer drift_args_agree(const struct drift_context *c, const struct drift_side *side);
void drift_args_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_args_judge(const struct drift_context *c, struct drift_row *row);

/* drift_confine.c */
enum drift_answer drift_seccomp_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_seccomp_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_seccomp_judge(const struct drift_context *c, struct drift_row *row);
enum drift_answer drift_apparmor_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_apparmor_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_lsm_judge(const struct drift_context *c, struct drift_row *row);
enum drift_answer drift_selinux_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_selinux_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_privileged_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
enum drift_answer drift_privileged_agrees(const struct drift_context *c, const struct drift_side *side);
enum drift_answer drift_escalation_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_escalation_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_escalation_judge(const struct drift_context *c, struct drift_row *row);
enum drift_answer drift_read_only_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_read_only_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_read_only_judge(const struct drift_context *c, struct drift_row *row);
enum drift_answer drift_proc_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_proc_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_proc_judge(const struct drift_context *c, struct drift_row *row);

/* drift_caps.c */
enum drift_answer drift_add_agrees(const struct drift_context *c, const struct drift_side *side);
enum drift_answer drift_drop_agrees(const struct drift_context *c, const struct drift_side *side);
void drift_add_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_drop_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret);
void drift_add_judge(const struct drift_context *c, struct drift_row *row);
void drift_drop_judge(const struct drift_context *c, struct drift_row *row);
enum drift_answer drift_privileged_of(const struct drift_context *c, const struct drift_side *side);
void drift_privileged_judge(const struct drift_context *c, struct drift_row *row);
void drift_defaults(struct drift_context *c); /* sets engine, has_defaults and defaults */

/* drift.c: makes a row, empty but for its place. NULL without memory. */
struct drift_row *drift_row_add(struct drift_rows *rows, const struct drift_pod *pod, const char *container,
	const char *level, const char *field, const struct manifest_value *at, bool *failed);

/* drift_pod.c: a row for each setting of the Pod's sysctls. */
void drift_sysctls(const struct drift_pod *pod, struct drift_rows *rows, bool *failed);

#endif
