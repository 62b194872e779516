/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Control groups, v1, v2 and both at once (hybrid): where a process stands, and whether it is frozen.
 * cgroups(7).
 */
#ifndef SYS_CGROUP_H
#define SYS_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CGROUP_MAX 32

/* One line of /proc/PID/cgroup, with the place where its hierarchy is mounted for us. */
struct cgroup_line {
	bool v2;
	char *controllers; /* "cpu,cpuacct", "name=systemd", "" for v2; owned */
	char *path;	   /* as the kernel prints it, "/docker/ID"; owned */
	char *dir;	   /* the directory in our mount namespace, or NULL when it is not mounted; owned */
	size_t top;	   /* as many bytes of dir lead to the root of the hierarchy; 0: only a part is mounted */
};

struct cgroup_set {
	struct cgroup_line lines[CGROUP_MAX];
	size_t n;
};

/* Reads dirfd/cgroup (dirfd is /proc/PID) and finds the mounts: the usual places below /sys/fs/cgroup where
 * they are roots of a hierarchy, else /proc/self/mountinfo. -ESRCH when the process is gone. */
int cgroup_read(int dirfd, struct cgroup_set *ret);

/* The same without the mounts; and the mounts of those lines that have no dir yet. `usual` is where they usually are, and may be
 * negative. */
int cgroup_read_paths(int dirfd, struct cgroup_set *ret);
int cgroup_open_usual(void);
void cgroup_find(int usual, struct cgroup_set *set);

/* Opens `file` of the cgroup of a v1 line below the usual place of its hierarchy, and sets its dir: by one walk, for exec, that joins
 * a dozen. Only the file system is looked at, not whether its root is mounted there: who joins reads back where he stands. Negative
 * errno. */
int cgroup_open_v1(int usual, struct cgroup_line *line, const char *file, int flags);

/* Its two halves: the text of /proc/PID/cgroup (dirs stay NULL), and the dirs still missing from the text of
 * mountinfo, which is cut up. */
int cgroup_parse(const char *text, struct cgroup_set *ret);
void cgroup_find_dirs(struct cgroup_set *set, char *mountinfo);
void cgroup_free(struct cgroup_set *set);
#define CLEANUP_CGROUP __attribute__((cleanup(cgroup_free)))

/* Is it the v1 hierarchy of that controller? */
bool cgroup_has_controller(const struct cgroup_line *line, const char *controller);

/* The v2 line, or NULL. */
const struct cgroup_line *cgroup_v2(const struct cgroup_set *set);

/* The directory of the root of v2's hierarchy, malloc'd; NULL where that is not mounted. */
char *cgroup_v2_top(const struct cgroup_set *set);

/* True when the process's cgroup or one above it is frozen, or about to be: v2 `frozen 1` in cgroup.events or 1 in
 * cgroup.freeze, v1 FROZEN or FREEZING in freezer.state. *ret_path (may be NULL) gets the directory that began it, by its
 * cgroup.freeze or freezer.self_freezing; the process's own where none of these says so. Owned by the caller. */
bool cgroup_frozen(const struct cgroup_set *set, char **ret_path);

/* The container ID (64 hex digits) that a cgroup path carries, the innermost: "/docker/ID", "docker-ID.scope", "libpod-ID",
 * "cri-containerd-ID.scope", "/kubepods/.../ID". False when there is none. */
#define CGROUP_ID_LEN 64
bool cgroup_id(const char *path, char ret[CGROUP_ID_LEN + 1]);

/* What the two halves of it share: "MOUNT/PATH"; where the hierarchy of a line is mounted, if that is its usual place,
 * else NULL (both owned by the caller); is every one of `words` in `list`, both separated by commas? */
char *cgroup_dir(const char *mount, const char *path);
char *cgroup_usual_mount(const struct cgroup_line *line);
bool cgroup_has_controllers(const char *list, const char *words);

/* Frozen or not, for many processes in turn: what was learned of the hierarchies and of the last cgroup is kept. */
struct cgroup_memo {
	char *text; /* the last /proc/PID/cgroup; owned */
	bool frozen;
	struct cgroup_place {
		bool known;
		char *mount; /* where the hierarchy is mounted in its usual place, or NULL; owned */
	} v2, freezer;
};
/* 1 or 0 for the cgroup of that process; a negative errno, -ESRCH when it is gone. */
int cgroup_is_frozen(pid_t pid, struct cgroup_memo *memo);
void cgroup_memo_free(struct cgroup_memo *memo);
#define CLEANUP_CGROUP_MEMO __attribute__((cleanup(cgroup_memo_free)))

#endif
