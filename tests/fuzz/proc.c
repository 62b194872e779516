/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of /proc/PID. Input: status, CUT, limits, CUT, stat, CUT, cmdline, CUT, oom_score_adj.
 */
#include "fuzz.h"

#include <errno.h>

#include "base/cleanup.h"
#include "folder.h"
#include "sys/proc.h"

static void check_status(void)
{
	CLEANUP_STATUS struct proc_status status = {0};
	int r = proc_status_read(folder.fd, &status);

	FUZZ_CHECK(r <= 0 && status.n_nspid <= PROC_LEVELS);
	FUZZ_CHECK((status.n_groups == 0) == (status.groups == NULL));
	FUZZ_CHECK(memchr(status.name, '\0', sizeof(status.name)));
	FUZZ_CHECK(r < 0 || status.state);
	FUZZ_CHECK(r == 0 || (!status.groups && !status.state));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"status", "limits", "stat", "cmdline", "oom_score_adj", NULL};
	struct fuzz_input in = {data, size};
	struct rlimit limits[RLIM_NLIMITS];
	CLEANUP_FREE char **strings = NULL;
	int adj = 0;

	folder_make(names);
	folder_fill(&in);
	check_status();
	proc_limits(folder.fd, limits);
	proc_start_unix(proc_start_time(folder.fd));
	proc_oom_score_adj(folder.fd, &adj);
	FUZZ_CHECK(proc_strings(folder.fd, "cmdline", 256, &strings) == 0);
	for (char **s = strings; *s; s++)
		FUZZ_CHECK(strlen(*s) <= 256);
	return 0;
}
