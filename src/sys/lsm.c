/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/lsm.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/file.h"

#define ATTR_EXEC "/proc/self/attr/exec"
#define APPARMOR_EXEC "/proc/self/attr/apparmor/exec"

static bool is_there(const char *root, const char *file)
{
	char path[512];

	return snprintf(path, sizeof(path), "%s%s", root, file) < (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

bool lsm_apparmor(const char *root)
{
	char path[512], text[8];

	if (is_there(root, "/sys/kernel/security/apparmor"))
		return true;
	/* securityfs may not be mounted; and the folder in /proc is there with every kernel that could have
	 * it */
	snprintf(path, sizeof(path), "%s/sys/module/apparmor/parameters/enabled", root);
	if (file_read_into(AT_FDCWD, path, text, sizeof(text)) > 0)
		return *text == 'Y';
	return is_there(root, "/proc/self/attr/apparmor");
}

bool lsm_selinux(const char *root)
{
	return is_there(root, "/sys/fs/selinux/enforce");
}

const char *lsm_apparmor_file(const char *root)
{
	return is_there(root, APPARMOR_EXEC) ? APPARMOR_EXEC : ATTR_EXEC;
}

const char *lsm_selinux_file(void)
{
	return ATTR_EXEC;
}
