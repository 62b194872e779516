/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Users and groups as a container's own /etc/passwd and /etc/group name them: hostile files read by a reader
 * of our own (no NSS: it would load the container's or the host's modules). passwd(5), group(5).
 */
#ifndef SYS_PASSWD_H
#define SYS_PASSWD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

#define PASSWD_ID_MAX (UINT32_MAX - 1) /* 2^32-1 is "no change" to setuid and chown */

struct passwd_entry {
	char *name; /* owned */
	uid_t uid;
	gid_t gid;
	char *home;  /* owned */
	char *shell; /* owned */
};
void passwd_entry_free(struct passwd_entry *entry);
#define CLEANUP_PASSWD __attribute__((cleanup(passwd_entry_free)))

/* By name (not NULL) or by uid, below root_fd (a directory; O_PATH will do). The first fit wins. -ENOENT when
 * there is none or no file, -EINVAL when it is no regular file, -EFBIG past 1 MiB. A broken line is no user.
 */
int passwd_find(int root_fd, const char *name, uid_t uid, struct passwd_entry *ret);

/* A group by name; or, with name NULL, the name of gid into *ret_name (owned by the caller). */
int group_find(int root_fd, const char *name, gid_t gid, gid_t *ret_gid, char **ret_name);

/* The groups that list `user` as a member, ascending as the kernel keeps them, without duplicates; *ret is
 * malloc'd. -E2BIG past what setgroups(2) takes. */
int group_list(int root_fd, const char *user, gid_t **ret, size_t *ret_n);

/* All names of /etc/passwd, or of /etc/group, for many look-ups by id: read once, with the same bounds and rules. Errors as
 * passwd_find(). */
struct id_name {
	uint32_t id;
	const char *name; /* hostile */
};
struct id_names {
	struct id_name *items; /* by id; owned */
	size_t n;
	char *text;            /* what the names are in; owned */
};
int passwd_names(int root_fd, struct id_names *ret);
int group_names(int root_fd, struct id_names *ret);
const char *id_names_find(const struct id_names *names, unsigned int id); /* borrowed, hostile; NULL: none */
void id_names_free(struct id_names *names);
#define CLEANUP_NAMES __attribute__((cleanup(id_names_free)))

/* A group as somebody typed it: digits are a number and only that, at most 2^32-2, and need no entry. */
int group_parse(int root_fd, const char *text, gid_t *ret, struct err *err);

/* USER[:GROUP], names or numbers, as docker's -u reads it: digits are a number and only that, at most 2^32-2.
 * Without GROUP a known user has its passwd gid and its groups, an unknown number gid 0 and none; with GROUP
 * the group and no others. *ret_entry gets the passwd entry when there is one (home, shell), else zeros. */
struct passwd_user {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
	struct passwd_entry entry;
};
int passwd_user_parse(int root_fd, const char *text, struct passwd_user *ret, struct err *err);
void passwd_user_free(struct passwd_user *user);
#define CLEANUP_USER __attribute__((cleanup(passwd_user_free)))

#endif
