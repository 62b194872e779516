/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diff -f, of one pod: facts of its containers, and their rows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "cmd/diff.h"
#include "engine/target.h"

static bool fits_name(const struct container *c, const char *name)
{
	return text_is(c->name, name) || text_is(target_short_name(c), name);
}

const struct pod *diff_pod_of(const struct diff_run *run, const struct container *c)
{
	for (size_t i = 0; i < run->pods.n; i++)
		if (pod_has(&run->pods.items[i], c))
			return &run->pods.items[i];
	return NULL;
}

/* One pod, or what is like one: containers that stand in for each other's. */
struct comparison {
	const struct manifest_pod *wanted;
	const struct container *const *containers;
	size_t n;
	const struct pod *pod; /* NULL: a container that is in none */
	const char *ref;
	struct drift_facts *facts; /* owned */
	size_t n_facts;
	struct drift_side pause; /* owned */
};

static void comparison_free(struct comparison *c)
{
	for (size_t i = 0; i < c->n_facts; i++)
		drift_facts_free(&c->facts[i]);
	free(c->facts);
	drift_side_free(&c->pause);
}

static const struct container *find(const struct comparison *c, const char *name)
{
	const struct container *stopped = NULL;

	for (size_t i = 0; i < c->n; i++) {
		if (!fits_name(c->containers[i], name))
			continue;
		if (c->containers[i]->status != CONTAINER_STOPPED)
			return c->containers[i];
		stopped = c->containers[i];
	}
	return stopped;
}

/* Init containers have ended, as they should, and those of kubectl debug come and go: only main ones must
 * run. */
static int read_one(struct diff_run *run, struct comparison *c, const struct manifest_container *wanted,
	const struct container *found, struct err *err)
{
	const struct manifest_value *add = &wanted->context.capabilities_add;
	CLEANUP_ERR struct err one = {0};
	int r;

	if (!found || found->status == CONTAINER_STOPPED) {
		if (wanted->kind == MANIFEST_MAIN)
			session_note(run->s, c->ref, -ESRCH, NULL, "container %s is not running",
				wanted->name.text);
		return 0;
	}
	r = drift_facts_read(found, &c->wanted->context.sysctls, add->all ? run->host.caps : add->mask,
		&c->facts[c->n_facts], &one);
	if (r == -ENOMEM)
		return err_no_memory(err);
	if (r < 0) {
		session_note(run->s, NULL, r,
			one.kind == ERR_DENIED ? "root can read more: sudo nsctl ..." : one.hint, "%s",
			one.message);
		return 0;
	}
	drift_facts_trace(&c->facts[c->n_facts], session_trace(run->s));
	c->facts[c->n_facts++].wanted = wanted;
	return 0;
}

static int read_pause(struct diff_run *run, struct comparison *c)
{
	const struct container *pause = c->pod ? c->pod->pause : NULL;
	CLEANUP_ERR struct err err = {0};

	if (!pause)
		return 0;
	/* one that cannot be read leaves the engine's default to the table of engines */
	if (drift_config_read(pause, &c->pause, &err) == -ENOMEM)
		return -ENOMEM;
	TRACE(session_trace(run->s), TRACE_READ, "%s: pause container: config: %s%s", c->ref, c->pause.known ? "read " : "not read: ",
		c->pause.known ? pause->config : spec_config_missing(pause));
	return 0;
}

/* What the API or an operator put beside them. */
static void name_others(struct diff_run *run, const struct comparison *c)
{
	for (size_t i = 0; i < c->n && !run->o->container; i++) {
		bool known = c->containers[i]->status == CONTAINER_STOPPED;

		for (size_t k = 0; k < c->wanted->n_containers && !known; k++)
			known = fits_name(c->containers[i], c->wanted->containers[k].name.text);
		if (!known)
			session_note(run->s, c->ref, 0, NULL, "container %s does not stand in the manifest",
				c->containers[i]->name);
	}
}

static int compare(struct diff_run *run, struct comparison *c, struct err *err)
{
	struct drift_pod pod = {.file = run->manifest.docs.name,
		.ref = c->ref,
		.wanted = c->wanted,
		.containers = c->facts,
		.n = c->n_facts,
		.pause = c->pause.known ? &c->pause : NULL,
		.host = run->host};

	drift_facts_shared(c->facts, c->n_facts);
	return drift_compare(&pod, &run->rows) < 0 ? err_no_memory(err) : 0;
}

/* All containers of the manifest that the pod has. */
int diff_pod(struct diff_run *run, const struct manifest_pod *wanted, const struct pod *pod, struct err *err)
{
	CLEANUP(comparison_free)
	struct comparison c = {
		.wanted = wanted, .containers = pod->containers, .n = pod->n, .pod = pod, .ref = pod->ref};
	int r = read_pause(run, &c);

	c.facts = calloc(wanted->n_containers, sizeof(*c.facts));
	if (!c.facts || r < 0)
		return err_no_memory(err);
	for (size_t i = 0; i < wanted->n_containers; i++) {
		const struct manifest_container *m = &wanted->containers[i];

		if (run->o->container && strcmp(run->o->container, m->name.text) != 0)
			continue;
		r = read_one(run, &c, m, find(&c, m->name.text), err);
		if (r < 0)
			return r;
	}
	name_others(run, &c);
	return c.n_facts ? compare(run, &c, err) : 0;
}

/* One container, whoever started it, with the manifest's of that name, or the only one. */
int diff_container(struct diff_run *run, const struct manifest_pod *wanted, const struct container *target,
	struct err *err)
{
	CLEANUP(comparison_free)
	struct comparison c = {.wanted = wanted,
		.containers = &target,
		.n = 1,
		.ref = target->ref,
		.facts = calloc(1, sizeof(*c.facts))};
	const struct manifest_container *chosen = NULL, *only = NULL;
	size_t n_main = 0;
	int r;

	for (size_t i = 0; i < wanted->n_containers; i++) {
		const struct manifest_container *m = &wanted->containers[i];

		if (run->o->container ? !strcmp(run->o->container, m->name.text)
				      : fits_name(target, m->name.text))
			chosen = m;
		n_main += m->kind == MANIFEST_MAIN;
		only = m->kind == MANIFEST_MAIN ? m : only;
	}
	if (!chosen && n_main == 1 && !run->o->container)
		chosen = only;
	if (!chosen) {
		err_set(err, -ENOENT, ERR_FAILED, "%s: none of its containers is called as this one",
			run->manifest.docs.name);
		return err_hint(err, "-c NAME says which of the manifest's it is to be");
	}
	c.pod = diff_pod_of(run, target);
	if (!c.facts || read_pause(run, &c) < 0)
		return err_no_memory(err);
	r = read_one(run, &c, chosen, target, err);
	return r < 0 || !c.n_facts ? r : compare(run, &c, err);
}
