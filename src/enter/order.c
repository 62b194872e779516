/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order with its vectors and texts behind it, as one block that holds offsets only.
 */
#include <linux/filter.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/sandbox.h"

static uint32_t put(struct buf *block, const void *data, size_t len)
{
	static const char zeros[8] = {0};
	uint32_t at;

	buf_add(block, zeros, (8 - block->len % 8) % 8); /* everything is aligned */
	at = (uint32_t)block->len;
	buf_add(block, data, len);
	return at;
}

static uint32_t put_text(struct buf *block, const char *text)
{
	return text ? put(block, text, strlen(text) + 1) : 0;
}

static struct order_vector put_vector(struct buf *block, char *const *texts)
{
	struct order_vector v = {0};
	uint64_t zero = 0;

	while (texts[v.n])
		v.n++;
	v.offset = put(block, &zero, sizeof(zero));
	for (uint32_t i = 0; i < v.n; i++)
		buf_add(block, &zero, sizeof(zero));
	for (uint32_t i = 0; i < v.n && !block->failed; i++) {
		uint64_t at = put_text(block, texts[i]);

		if (!block->failed)
			memcpy(block->data + v.offset + i * sizeof(at), &at, sizeof(at));
	}
	return v;
}

static uint32_t put_programs(struct buf *block, const struct plan *plan, uint32_t *ret_code)
{
	size_t total = 0;

	for (uint32_t i = 0; i < plan->order.seccomp_n; i++)
		total += plan->seccomp_lengths[i];
	if (!total)
		return 0;
	*ret_code = put(block, plan->seccomp_code, total * sizeof(struct sock_filter));
	return put(block, plan->seccomp_lengths, plan->order.seccomp_n * sizeof(uint32_t));
}

/* The steps of a new sandbox; they point to their texts by offset. */
static uint32_t put_mounts(struct buf *block, const struct plan *plan)
{
	CLEANUP_FREE struct order_mount *mounts = calloc(plan->n_mounts + 1, sizeof(*mounts));

	for (size_t i = 0; mounts && i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];

		mounts[i] = (struct order_mount){m->kind, put_text(block, m->source), put_text(block, m->target),
			put_text(block, m->type), put_text(block, m->data), m->flags};
	}
	block->failed |= !mounts;
	return mounts && plan->n_mounts ? put(block, mounts, plan->n_mounts * sizeof(*mounts)) : 0;
}

int order_pack(const struct plan *plan, struct buf *ret, struct err *err)
{
	CLEANUP_BUF struct buf block = {0};
	CLEANUP_FREE char **candidates = plan_candidates(plan->path, plan->argv[0]);
	static char *const nothing[] = {NULL};
	struct order o = plan->order;

	buf_add(&block, &o, sizeof(o));
	o.argv = put_vector(&block, plan->argv);
	o.env = put_vector(&block, plan->env ? plan->env : nothing);
	o.candidates = put_vector(&block, candidates ? candidates : nothing);
	o.cwd = put_text(&block, plan->cwd);
	o.groups = put(&block, plan->groups, plan->n_groups * sizeof(*plan->groups));
	o.n_groups = (uint32_t)plan->n_groups;
	o.lsm_file = put_text(&block, plan->lsm_label ? plan->lsm_file : NULL);
	o.lsm_label = put_text(&block, plan->lsm_label);
	o.affinity = plan->affinity ? put(&block, plan->affinity, plan->affinity_size) : 0;
	o.affinity_size = (uint32_t)plan->affinity_size;
	o.seccomp_lengths = put_programs(&block, plan, &o.seccomp_code);
	if (plan->sandbox) {
		/* without a UTS namespace of its own it would be the host's */
		if (o.new_namespaces & CLONE_NEWUTS)
			o.hostname = put_text(&block, plan->sandbox->hostname);
		snprintf(o.state_name, sizeof(o.state_name), "%s", plan->sandbox->name);
		o.mounts = put_mounts(&block, plan);
		o.n_mounts = (uint32_t)plan->n_mounts;
	}
	if (!candidates || block.failed || block.len > UINT32_MAX)
		return err_no_memory(err);
	o.size = (uint32_t)block.len;
	memcpy(block.data, &o, sizeof(o));
	*ret = block;
	block = (struct buf){0};
	return 0;
}
