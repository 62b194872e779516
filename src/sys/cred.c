/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/cred.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void read_own(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};

	if (syscall(SYS_capget, &header, data) < 0)
		data[0] = data[1] = (struct __user_cap_data_struct){0};
}

uint64_t cred_permitted(void)
{
	struct __user_cap_data_struct data[2] = {0};

	read_own(data);
	return (uint64_t)data[1].permitted << 32 | data[0].permitted;
}

uint64_t cred_effective(void)
{
	struct __user_cap_data_struct data[2] = {0};

	read_own(data);
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

uint64_t cred_bounding(uint64_t of)
{
	uint64_t mask = 0;

	for (unsigned int cap = 0; cap < 64; cap++)
		if (of >> cap & 1 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) > 0)
			mask |= 1ULL << cap;
	return mask;
}

bool cred_no_new_privs(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}
