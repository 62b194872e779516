/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/processor.h"

#include <sched.h>

/* The affinity of this process, as it was: the kernel keeps the one that it has. */
static struct {
	bool stays, stayed;
	cpu_set_t before;
} own;

void processor_stay(void)
{
	cpu_set_t here;
	int number = sched_getcpu();

	if (own.stays || number < 0 || number >= CPU_SETSIZE || sched_getaffinity(0, sizeof(own.before), &own.before) < 0 ||
		CPU_COUNT(&own.before) < 2)
		return;
	CPU_ZERO(&here);
	CPU_SET(number, &here);
	own.stays = own.stayed = sched_setaffinity(0, sizeof(here), &here) == 0;
}

bool processor_stays(void)
{
	return own.stays;
}

bool processor_stayed(void)
{
	return own.stayed;
}

void processor_leave(void)
{
	if (own.stays)
		(void)sched_setaffinity(0, sizeof(own.before), &own.before);
	own.stays = false;
}

void processor_let(pid_t pid)
{
	if (own.stayed)
		(void)sched_setaffinity(pid, sizeof(own.before), &own.before);
	own.stayed = own.stays;
}

size_t processor_count(void)
{
	cpu_set_t now;

	if (own.stays)
		return (size_t)CPU_COUNT(&own.before);
	return sched_getaffinity(0, sizeof(now), &now) < 0 ? 1 : (size_t)CPU_COUNT(&now);
}
