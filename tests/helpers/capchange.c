/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process that changes its own capabilities and then sleeps, for what no engine does by itself. The first argument says how:
 *   off N      capability N is switched off: out of the effective set, still permitted
 *   drop N     and out of the permitted set
 *   thread N   a second thread drops N, the first keeps it
 *   noroot     root's rule is switched off by securebits, and the program executed again
 *   sleep      nothing
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void change(int number, int drop)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	uint32_t keep = ~(1u << (number & 31));

	if (syscall(SYS_capget, &header, data) < 0)
		exit(1);
	data[number >> 5].effective &= keep;
	if (drop)
		data[number >> 5].permitted &= keep;
	if (syscall(SYS_capset, &header, data) < 0)
		exit(1);
}

static void *second(void *number)
{
	change(*(int *)number, 1);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "sleep";
	int number = argc > 2 ? atoi(argv[2]) : 0;
	pthread_t thread;

	if (!strcmp(how, "noroot")) {
		if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT) < 0)
			return 1;
		execl("/proc/self/exe", argv[0], "sleep", (char *)NULL);
		return 1;
	}
	if (!strcmp(how, "off") || !strcmp(how, "drop"))
		change(number, !strcmp(how, "drop"));
	if (!strcmp(how, "thread") && pthread_create(&thread, NULL, second, &number))
		return 1;
	for (;;)
		pause();
}
