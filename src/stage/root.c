/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first step of a new sandbox's view: a folder of the host, with all that is mounted below it, becomes
 * the root.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/create.h"
#include "stage/stage.h"

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#define MOUNTINFO_MAX (64u << 20)

/* linux/mount.h's struct mount_attr; headers before 5.12 have none. The first bits are those of mount(2). */
struct mount_change {
	uint64_t set, clear, propagation, userns;
};

static char *read_whole(int dir, const char *path)
{
	size_t len = 0, size = 65536;
	char *text = malloc(size), *grown;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (text && fd >= 0 && (n = read(fd, text + len, size - len - 1)) > 0) {
		len += (size_t)n;
		if (len + 1 < size)
			continue;
		grown = size < MOUNTINFO_MAX ? realloc(text, size *= 2) : NULL;
		if (!grown)
			free(text);
		text = grown;
	}
	if (fd < 0 || !text)
		return NULL;
	close(fd);
	text[len] = '\0';
	return text;
}

/* The fifth word of a line of mountinfo: where it is mounted, with \040 and its like undone. */
static char *mount_point(char *line)
{
	char *word = line, *to;

	for (int i = 0; i < 4 && word; i++) {
		word = strchr(word, ' ');
		word = word ? word + 1 : NULL;
	}
	if (!word)
		return NULL;
	word[strcspn(word, " ")] = '\0';
	to = word;
	for (const char *s = word; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
			s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
	return word;
}

/* Calls `each` with every mount point at `top` or below it, in the order in which they were mounted, until it
 * gives -1. */
static int each_mount(int dir, const char *mountinfo, const char *top,
	int (*each)(const char *point, unsigned long flags), unsigned long flags)
{
	char *text = read_whole(dir, mountinfo), *line, *next;
	size_t len = strlen(top);
	int result = text ? 0 : -1;

	for (line = text; line && *line && result == 0; line = next) {
		char *end = strchr(line, '\n'), *point;

		next = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		point = mount_point(line);
		if (point && !strncmp(point, top, len) && (!point[len] || point[len] == '/' || len == 1))
			result = each(point, flags);
	}
	free(text);
	return result;
}

/* Before 5.12: mount by mount. One that is hidden behind another cannot be reached, here or by the command.
 */
static int remount_one(const char *point, unsigned long flags)
{
	return create_remount(point, flags) < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES ? -1
													  : 0;
}

/* One that went with another, or is not in this root, gives an error of no matter. */
static int forget_one(const char *point, unsigned long flags)
{
	umount2(point, (int)flags);
	return 0;
}

int create_forget(int host, const char *target)
{
	return each_mount(host, "proc/self/mountinfo", target, forget_one, MNT_DETACH | UMOUNT_NOFOLLOW);
}

static int bind_root(struct order *o, const char *source, const char *target, unsigned long flags)
{
	struct mount_change change = {.set = flags};

	if (!source)
		return mount("none", target, "tmpfs", flags, "size=0,mode=555");
	if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	if (o->flags & ORDER_MOUNT_SETATTR &&
		syscall(SYS_mount_setattr, AT_FDCWD, target, AT_RECURSIVE, &change, sizeof(change)) == 0)
		return 0;
	if (each_mount(AT_FDCWD, "/proc/self/mountinfo", target, remount_one, flags) < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_READONLY);
	return 0;
}

int create_root(struct order *o, const char *source, const char *target, unsigned long flags, int *ret_host)
{
	*ret_host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_host < 0 || bind_root(o, source, target, flags) < 0)
		return -1;
	/* the old root lands on top of the new one, in the same place, and is taken off at the end:
	 * pivot_root(2) */
	if (chdir(target) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || chdir("/") < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_PIVOT);
	return 0;
}

/* setns(2) into the mount namespace that one is in leads to its real root. From there all of it can be made private first: what is
 * mounted on a shared mount would appear out there as well. Then the folder lies on that root for a moment, and takes its place. */
void create_mount_point(struct order *o)
{
	int folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	if (folder < 0 || ns < 0 || setns(ns, CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || fchdir(folder) < 0 ||
		mount(".", "/", NULL, MS_BIND | MS_REC, NULL) < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_CHROOT);
	/* "/" is the root itself, "/.." what lies on it: a step of a path, unlike its beginning, goes up to the topmost mount */
	if (chdir("/..") < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_CHROOT);
	close(folder);
	close(ns);
}
