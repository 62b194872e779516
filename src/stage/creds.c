/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who the command is. Bounding set first (needs CAP_SETPCAP), then ids, then the other sets. capabilities(7).
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

/* What is not there is no loss, and it is asked for first only where each step is told. */
static void drop_bounding(struct order *o)
{
	for (uint32_t cap = 0; cap <= o->last_cap; cap++) {
		int result, error;

		if (o->bounding >> cap & 1 || (o->flags & ORDER_TRACE && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1))
			continue;
		result = prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
		error = errno;
		if (result < 0 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 1)
			continue;
		errno = error;
		child_check(o, result, STEP_BOUNDING, (int)cap);
	}
}

/* The system calls themselves: the library's would signal threads that are not there. */
static void set_ids(struct order *o)
{
	if (o->flags & ORDER_SETGROUPS)
		child_check(o, (int)syscall(SYS_setgroups, o->n_groups, order_at(o, o->groups)), STEP_GROUPS, 0);
	child_check(o, (int)syscall(SYS_setresgid, o->gid, o->gid, o->gid), STEP_GID, 0);
	child_check(o, (int)syscall(SYS_setresuid, o->uid, o->uid, o->uid), STEP_UID, 0);
}

void child_caps(struct order *o)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {
		{(uint32_t)o->effective, (uint32_t)o->permitted, (uint32_t)o->inheritable},
		{(uint32_t)(o->effective >> 32), (uint32_t)(o->permitted >> 32), (uint32_t)(o->inheritable >> 32)},
	};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	child_check(o, (int)syscall(SYS_capset, &header, data), STEP_CAPS, 0);
	for (uint32_t cap = 0; cap <= o->last_cap; cap++)
		if (o->ambient >> cap & 1)
			child_check(o, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0), STEP_AMBIENT, (int)cap);
}

void child_creds(struct order *o)
{
	if (o->flags & ORDER_KEEP_CREDS)
		return;
	/* the caller's securebits would change what execve does with capabilities for root */
	if (prctl(PR_GET_SECUREBITS) != 0)
		prctl(PR_SET_SECUREBITS, 0);
	drop_bounding(o);
	prctl(PR_SET_KEEPCAPS, 1); /* so that the permitted set outlives the change of uid; execve clears it */
	set_ids(o);
	child_caps(o);
	/* a change of ids made us undumpable again, or not: after execve the kernel decides anew */
	prctl(PR_SET_DUMPABLE, 0);
}
