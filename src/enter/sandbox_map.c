/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ids of a sandbox's user namespace. root gives it a range that nobody else has. Others get 0 for
 * themselves and their subordinate ids (subuid(5)) behind it, which newuidmap writes; without those, one uid
 * and one gid: the wanted ones.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "enter/sandbox.h"
#include "sys/file.h"
#include "sys/idmap.h"
#include "sys/passwd.h"

/* Above all that distributions give away, below 2^31; a range of its own for each of them. */
#define ROOT_BASE 0x70000000u
#define ROOT_RANGE 65536u
#define ROOT_RANGES 4096u
#define SUBID_MAX (1u << 20)

static int add_range(struct idmap *map, uint32_t inside, uint32_t outside, uint32_t count)
{
	struct idmap_range *grown = reallocarray(map->ranges, map->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	map->ranges = grown;
	map->ranges[map->n++] = (struct idmap_range){inside, outside, count};
	return 0;
}

static const char *tool_path(bool gid)
{
	static const char *const paths[][2] = {
		{"/usr/bin/newuidmap", "/usr/bin/newgidmap"},
		{"/usr/local/bin/newuidmap", "/usr/local/bin/newgidmap"},
		{"/run/wrappers/bin/newuidmap", "/run/wrappers/bin/newgidmap"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (access(paths[i][gid], X_OK) == 0)
			return paths[i][gid];
	return NULL;
}

/* One line, NAME:START:COUNT, cut in place: is it the user's? */
static bool read_line(
	char *line, const char *user, const char *number, uint32_t *ret_start, uint32_t *ret_count)
{
	char *start = strchr(line, ':'), *count = start ? strchr(start + 1, ':') : NULL;
	uint64_t s, c;

	if (!count)
		return false;
	*start++ = *count++ = '\0';
	if ((!user || strcmp(line, user) != 0) && strcmp(line, number) != 0)
		return false;
	if (text_u64(start, UINT32_MAX - 1, &s) < 0 || text_u64(count, UINT32_MAX - 1, &c) < 0 || !c)
		return false;
	*ret_start = (uint32_t)s;
	*ret_count = (uint32_t)c;
	return true;
}

/* The caller as 0, then what /etc/subuid gives. False when it gives nothing. */
static bool read_subids(const char *file, const char *user, uint32_t own, struct idmap *map)
{
	CLEANUP_FREE char *text = NULL;
	char *rest, *line, number[16];
	uint32_t inside = 1, start, count;

	if (file_read(AT_FDCWD, file, SUBID_MAX, &text, NULL) < 0 || add_range(map, 0, own, 1) < 0)
		return false;
	snprintf(number, sizeof(number), "%u", (unsigned int)getuid());
	for (rest = text; (line = strsep(&rest, "\n"));) {
		if (!read_line(line, user, number, &start, &count))
			continue;
		if (count > UINT32_MAX - inside || add_range(map, inside, start, count) < 0)
			break;
		inside += count;
	}
	return map->n > 1;
}

static bool covers(const struct plan *plan)
{
	uint32_t outside;

	if (!idmap_outside(&plan->maps[0], plan->order.uid, &outside) ||
		!idmap_outside(&plan->maps[1], plan->order.gid, &outside))
		return false;
	for (size_t i = 0; i < plan->n_groups; i++)
		if (!idmap_outside(&plan->maps[1], plan->groups[i], &outside))
			return false;
	return true;
}

static bool read_both(struct idmap *uids, struct idmap *gids)
{
	CLEANUP_PASSWD struct passwd_entry entry = {0};
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (!tool_path(false) || !tool_path(true))
		return false;
	passwd_find(root, NULL, getuid(), &entry);
	return read_subids("/etc/subuid", entry.name, geteuid(), uids) &&
	       read_subids("/etc/subgid", entry.name, getegid(), gids);
}

static bool subordinate_ids(struct plan *plan)
{
	if (!plan->sandbox->one_id && read_both(&plan->maps[0], &plan->maps[1]) && covers(plan))
		return true;
	idmap_free(&plan->maps[0]);
	idmap_free(&plan->maps[1]);
	return false;
}

bool sandbox_has_subids(void)
{
	CLEANUP_IDMAP struct idmap uids = {0}, gids = {0};

	return read_both(&uids, &gids);
}

int sandbox_maps(struct plan *plan, struct err *err)
{
	uint32_t base = ROOT_BASE + ((uint32_t)getpid() % ROOT_RANGES) * ROOT_RANGE;
	int error = 0;

	plan->maps = calloc(2, sizeof(*plan->maps));
	if (!plan->maps)
		return err_no_memory(err);
	if (plan->root_caller) {
		plan->order.flags |= ORDER_BECOME_ROOT;
		for (int i = 0; i < 2 && !error; i++)
			error = add_range(&plan->maps[i], 0, base, ROOT_RANGE);
	} else if (subordinate_ids(plan)) {
		plan->map_tools = true;
	} else {
		/* one line each, and the kernel wants setgroups denied: no group of ours can be dropped, none
		 * be added */
		plan->order.flags &= ~(uint32_t)ORDER_SETGROUPS;
		plan->n_groups = 0;
		error = add_range(&plan->maps[0], plan->order.uid, geteuid(), 1);
		if (!error)
			error = add_range(&plan->maps[1], plan->order.gid, getegid(), 1);
	}
	if (error)
		return err_no_memory(err);
	if (covers(plan))
		return 0;
	return err_set(err, -EINVAL, ERR_FAILED,
		"%s: a user or group above %u is not in the sandbox's user namespace", plan->container->name,
		ROOT_RANGE - 1);
}

bool sandbox_uid_outside(const struct plan *plan, uint32_t inside, uint32_t *ret)
{
	CLEANUP_IDMAP struct idmap map = {0};

	if (plan->maps)
		return idmap_outside(&plan->maps[0], inside, ret);
	if (plan->own_userns) /* the holder's */
		return idmap_read(plan->init.dir, false, &map) == 0 && idmap_outside(&map, inside, ret);
	*ret = inside;
	return true;
}

static int write_file(pid_t pid, const char *file, const char *text, struct err *err)
{
	char path[48];
	CLEANUP_FD int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) /* in one write: the kernel takes no second */
		return err_sys(err, -errno, "cannot write %s", path);
	return 0;
}

static int write_map(const struct plan *plan, pid_t pid, bool gid, struct err *err)
{
	const struct idmap *map = &plan->maps[gid];
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0; i < map->n; i++)
		buf_printf(&text, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside,
			map->ranges[i].count);
	return write_file(pid, gid ? "gid_map" : "uid_map", buf_text(&text), err);
}

/* Its first line of complaint, for the error. */
static void take_complaint(int fd, char *to, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, to + len, size - 1 - len)) > 0)
		len += (size_t)n;
	to[len] = '\0';
	to[strcspn(to, "\n")] = '\0';
}

static void become_tool(int complaints, char *const *argv)
{
	char *env[] = {NULL};
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(complaints, 2);
	execve(argv[0], argv, env);
	_exit(127);
}

static int run_tool(const struct plan *plan, char *const *argv, struct err *err)
{
	char text[256];
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		become_tool(ends[1], argv);
	close_fd(&ends[1]);
	take_complaint(ends[0], text, sizeof(text));
	close_fd(&ends[0]);
	if (pid < 0)
		return err_sys(err, -EAGAIN, "cannot start %s", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	err_set(err, -EXDEV, ERR_FAILED, "%s: %s refused", plan->container->name, argv[0]);
	return err_why(err, "%s", *text ? text : "it did not say why");
}

static int write_with_tool(const struct plan *plan, pid_t pid, bool gid, struct err *err)
{
	const struct idmap *map = &plan->maps[gid];
	CLEANUP_FREE char(*numbers)[12] = calloc(3 * map->n + 1, sizeof(*numbers));
	CLEANUP_FREE char **argv = calloc(3 * map->n + 3, sizeof(*argv));
	size_t n = 0;

	if (!numbers || !argv)
		return err_no_memory(err);
	snprintf(numbers[0], sizeof(*numbers), "%d", (int)pid);
	for (size_t i = 0; i < map->n; i++) {
		snprintf(numbers[3 * i + 1], sizeof(*numbers), "%u", map->ranges[i].inside);
		snprintf(numbers[3 * i + 2], sizeof(*numbers), "%u", map->ranges[i].outside);
		snprintf(numbers[3 * i + 3], sizeof(*numbers), "%u", map->ranges[i].count);
	}
	argv[n++] = (char *)tool_path(gid);
	for (size_t i = 0; i < 3 * map->n + 1; i++)
		argv[n++] = numbers[i];
	return argv[0] ? run_tool(plan, argv, err) : err_sys(err, -EXDEV, "newuidmap");
}

int sandbox_write_maps(const struct plan *plan, pid_t child, struct err *err)
{
	int error = 0;

	if (plan->map_tools) {
		error = write_with_tool(plan, child, true, err);
		return error < 0 ? error : write_with_tool(plan, child, false, err);
	}
	if (!plan->root_caller)
		error = write_file(child, "setgroups", "deny", err);
	if (!error)
		error = write_map(plan, child, true, err);
	return error < 0 ? error : write_map(plan, child, false, err);
}
