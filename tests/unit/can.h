/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who the tests of `can` ask about. Included behind cmocka.h.
 */
#ifndef TESTS_CAN_H
#define TESTS_CAN_H

#include <linux/capability.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/can_parts.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)

/* Everything maps to itself: the initial user namespace. */
static struct idmap_range whole = {0, 0, UINT32_MAX};
/* A container's own: 0 to 99 inside are 100000 to 100099. */
static struct idmap_range shifted = {0, 100000, 100};

/* A process of root in the host's user namespace that owns all its namespaces, without any capability. */
static inline struct can_facts root_without(void)
{
	struct can_facts f = {
		.uids = {&whole, 1},
		.gids = {&whole, 1},
		.pid = 1,
		.initial_userns = true,
		.yama = -1,
		.modules_disabled = 0,
		.net = {.known = true, .port_start = 1024, .ping_low = 1, .ping_high = 0},
		.devices = {.known = true, .all = true},
	};

	memset(f.owned, true, sizeof(f.owned));
	return f;
}

static inline struct can_facts root_with(uint64_t caps)
{
	struct can_facts f = root_without();

	f.caps.effective = f.caps.permitted = f.caps.bounding = caps;
	return f;
}

/* Root of a user namespace of its own, with namespaces of its own. */
static inline struct can_facts mapped_with(uint64_t caps)
{
	struct can_facts f = root_with(caps);

	f.initial_userns = false;
	f.uids.ranges = f.gids.ranges = &shifted;
	f.uid = f.euid = f.suid = f.fsuid = f.gid = f.egid = f.sgid = f.fsgid = 100000;
	return f;
}

static inline enum can_verdict ask(const struct can_facts *f, const char *action, const char *rule)
{
	CLEANUP_ERR struct err err = {0};
	struct can_answer answer = {0};
	struct can_query query;
	enum can_verdict verdict;

	assert_int_equal(can_parse(action, &query, &err), 0);
	assert_int_equal(can_decide(f, &query, &answer), 0);
	if (rule && !strstr(answer.rule, rule))
		fail_msg("%s: %s", action, answer.rule);
	verdict = answer.verdict;
	can_answer_free(&answer);
	return verdict;
}

#endif
