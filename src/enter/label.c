/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The security label of the command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "enter/plan.h"
#include "sys/lsm.h"

/* Where the kernel has no such module the container is not confined by it either. */
int plan_label(
	const struct spec *spec, const char *root, const char **ret_file, char **ret_label, struct err *err)
{
	const char *profile = spec->apparmor;

	if (profile && *profile && strcmp(profile, "unconfined") != 0 && lsm_apparmor(root)) {
		*ret_file = lsm_apparmor_file(root);
		if (asprintf(ret_label, "exec %s", profile) < 0)
			*ret_label = NULL;
	} else if (spec->selinux && *spec->selinux && lsm_selinux(root)) {
		*ret_file = lsm_selinux_file();
		*ret_label = strdup(spec->selinux);
	} else {
		return 0;
	}
	return *ret_label ? 0 : err_no_memory(err);
}
