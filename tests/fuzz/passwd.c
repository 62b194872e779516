/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container's passwd and group. Input: what -u says, CUT, etc/passwd, CUT, etc/group.
 */
#include "fuzz.h"

#include <errno.h>

#include "base/cleanup.h"
#include "folder.h"
#include "sys/passwd.h"

static void check_groups(const gid_t *groups, size_t n)
{
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(groups[i] != UINT32_MAX && (i == 0 || groups[i - 1] < groups[i]));
}

static void check_text(const char *text)
{
	FUZZ_CHECK(text && !strpbrk(text, ":\n"));
}

static void check_parse(const char *text)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_USER struct passwd_user user = {0};
	int r = passwd_user_parse(folder.fd, text, &user, &err);

	fuzz_check_err(r, &err);
	if (r < 0) {
		FUZZ_CHECK(!user.groups && !user.entry.name);
		return;
	}
	FUZZ_CHECK(user.uid != UINT32_MAX && user.gid != UINT32_MAX);
	check_groups(user.groups, user.n_groups);
	if (strchr(text, ':'))
		FUZZ_CHECK(!user.n_groups);
	if (user.entry.name)
		FUZZ_CHECK(user.entry.uid == user.uid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"etc/passwd", "etc/group", NULL};
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL), *group_name = NULL;
	CLEANUP_PASSWD struct passwd_entry entry = {0}, by_name = {0};
	CLEANUP_FREE gid_t *groups = NULL;
	size_t n = 0;
	gid_t gid;

	folder_make(names);
	folder_fill(&in);
	check_parse(text);
	if (passwd_find(folder.fd, NULL, 0, &entry) == 0) {
		FUZZ_CHECK(entry.uid == 0 && entry.gid != UINT32_MAX);
		check_text(entry.name);
		check_text(entry.home);
		check_text(entry.shell);
		FUZZ_CHECK(passwd_find(folder.fd, entry.name, 0, &by_name) == 0);
		FUZZ_CHECK(group_list(folder.fd, entry.name, &groups, &n) == 0);
		check_groups(groups, n);
	}
	if (group_find(folder.fd, NULL, 0, NULL, &group_name) == 0) {
		check_text(group_name);
		FUZZ_CHECK(group_find(folder.fd, group_name, 0, &gid, NULL) == 0);
	}
	return 0;
}
