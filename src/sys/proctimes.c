/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/proctimes.h"

#include <errno.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/library.h"

#ifndef LIBPROC2_SONAME /* the build says which one its headers are of */
#define LIBPROC2_SONAME "libproc2.so.0"
#endif
#define SELECT_MAX 200 /* the library takes 255, and leaves out silently what is too much */

#define PTS_FIRST 136 /* UNIX98_PTY_SLAVE_MAJOR, and seven more, include/uapi/linux/major.h */
#define PTS_LAST 143

/* In the order in which they are asked for. */
enum item { ITEM_ID, ITEM_CPU, ITEM_RSS, ITEM_THREADS, ITEM_NICE, ITEM_TTY, ITEM_TTY_NAME, ITEM_N };

struct procps {
	void *handle;
	struct pids_info *info;
	int (*new)(struct pids_info **, enum pids_item *, int);
	int (*unref)(struct pids_info **);
	struct pids_fetch *(*select)(struct pids_info *, unsigned *, int, enum pids_select_type);
};

const char *proc_times_library(void)
{
	return LIBPROC2_SONAME;
}

static void procps_close(struct procps *lib)
{
	if (lib->info)
		lib->unref(&lib->info);
	library_close(lib->handle);
}

static bool procps_open(struct procps *lib)
{
	static const enum pids_item items[ITEM_N] = {
		[ITEM_ID] = PIDS_ID_PID,
		[ITEM_CPU] = PIDS_TICS_ALL,
		[ITEM_RSS] = PIDS_VM_RSS, /* the one of stat is an estimate */
		[ITEM_THREADS] = PIDS_NLWP,
		[ITEM_NICE] = PIDS_NICE,
		[ITEM_TTY] = PIDS_TTY,
		[ITEM_TTY_NAME] = PIDS_TTY_NAME,
	};
	const struct library_symbol symbols[] = {
		{"procps_pids_new", &lib->new},
		{"procps_pids_unref", &lib->unref},
		{"procps_pids_select", &lib->select},
	};
	enum pids_item wanted[ITEM_N];

	if (access("/proc/self/stat", R_OK) < 0) /* it would print and exit */
		return false;
	/* it stays loaded: 260 KB of its buffers are never freed, only used again, and with -w or in the REPL that adds up */
	lib->handle = library_open(LIBPROC2_SONAME, symbols, ARRAY_SIZE(symbols), true);
	memcpy(wanted, items, sizeof(wanted));
	return lib->handle && lib->new(&lib->info, wanted, ITEM_N) >= 0;
}

/* The library looks for a name in the host's /dev. A container has a devpts of its own, and its pts/0 may be nobody's out
 * here, or somebody else's: there the number is the name. tty_nr of stat, proc(5). */
static void name_tty(unsigned int number, const char *name, char *ret, size_t size)
{
	unsigned int major = number >> 8 & 0xfff, minor = (number & 0xff) | (number >> 12 & 0xfff00);

	if (!number)
		*ret = '\0';
	else if (major >= PTS_FIRST && major <= PTS_LAST)
		snprintf(ret, size, "pts/%u", ((major - PTS_FIRST) << 20) + minor);
	else if (name && strcmp(name, "?") != 0)
		snprintf(ret, size, "%s", name);
	else
		snprintf(ret, size, "%u:%u", major, minor);
}

static void take(const struct pids_stack *stack, struct proc_times *ret)
{
	const struct pids_result *r = stack->head;

	*ret = (struct proc_times){
		.tid = r[ITEM_ID].result.s_int,
		.cpu = r[ITEM_CPU].result.ull_int,
		.rss = (uint64_t)r[ITEM_RSS].result.ul_int * 1024,
		.threads = (unsigned int)r[ITEM_THREADS].result.s_int,
		.nice = r[ITEM_NICE].result.s_int,
	};
	name_tty((unsigned int)r[ITEM_TTY].result.s_int, r[ITEM_TTY_NAME].result.str, ret->tty, sizeof(ret->tty));
}

int proc_times_read(const pid_t *pids, size_t n, bool threads, void (*each)(void *data, const struct proc_times *times),
	void *data)
{
	CLEANUP(procps_close) struct procps lib = {0};
	unsigned int wanted[SELECT_MAX];

	if (!procps_open(&lib))
		return -ENOSYS;
	for (size_t at = 0; at < n; at += SELECT_MAX) {
		size_t len = n - at < SELECT_MAX ? n - at : SELECT_MAX;
		struct pids_fetch *fetch;

		for (size_t i = 0; i < len; i++)
			wanted[i] = (unsigned int)pids[at + i];
		fetch = lib.select(lib.info, wanted, (int)len, threads ? PIDS_SELECT_PID_THREADS : PIDS_SELECT_PID);
		for (int i = 0; fetch && i < fetch->counts->total; i++) {
			struct proc_times times;

			take(fetch->stacks[i], &times);
			each(data, &times);
		}
	}
	return 0;
}
