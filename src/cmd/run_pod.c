/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "base/err.h"
#include "cmd/run.h"

int run_pod_read(const char *path, const char *name, const struct opt_words *words, struct run_pod *pod, struct err *err)
{
	(void)path;
	(void)name;
	(void)words;
	(void)pod;
	return err_set(err, -ENOSYS, ERR_FAILED, "not yet");
}
