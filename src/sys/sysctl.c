/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define VALUE_MAX 4096

static const enum ns_type joined[] = {NS_NET, NS_IPC, NS_UTS};

/* sysctl(8) and Kubernetes: where the first separator is a slash, dots belong to the names; else the two are
 * exchanged, so that an interface with a dot in its name can be written. */
char *sysctl_path(const char *name)
{
	bool slashes = strchr(name, '/') && name[strcspn(name, "./")] == '/';
	char *path = strdup(name);

	for (char *at = path; at && *at && !slashes; at++)
		*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
	if (path && (!*path || *path == '/' || strstr(path, "..") || strstr(path, "//"))) {
		free(path);
		return NULL;
	}
	return path;
}

/* What the child says: an errno, then the value. */
struct answer {
	int error;
	char value[VALUE_MAX];
};

/* Async-signal-safe calls only: nsctl may have threads of libraries. */
static void answer(const int *namespaces, int sys, const char *path, int to)
{
	struct answer said = {0};
	ssize_t n = -1;
	int fd = -1;

	prctl(PR_SET_DUMPABLE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(joined) && !said.error; i++)
		if (namespaces[i] >= 0 && setns(namespaces[i], ns_kinds[joined[i]].flag) < 0)
			said.error = errno;
	if (!said.error) {
		fd = openat(sys, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		n = fd < 0 ? -1 : read(fd, said.value, sizeof(said.value) - 1);
		said.error = n < 0 ? errno : 0;
	}
	_exit(send(to, &said, sizeof(said), MSG_NOSIGNAL) == (ssize_t)sizeof(said) ? 0 : 1);
}

static char *tidied(const char *value)
{
	char *text = strdup(value), *to = text;

	for (const char *from = value; text && *from;) {
		size_t blanks = strspn(from, " \t\n");

		if (blanks && to > text && from[blanks])
			*to++ = ' ';
		from += blanks;
		if (*from)
			*to++ = *from++;
	}
	if (text)
		*to = '\0';
	return text;
}

/* The own ones are left out: to join those needs a privilege, too. */
static int open_namespaces(int proc_fd, int *namespaces)
{
	CLEANUP_FD int self = proc_open_self();
	uint64_t ours, theirs;

	for (size_t i = 0; i < ARRAY_SIZE(joined); i++) {
		int r = ns_inode(proc_fd, joined[i], &theirs);

		if (r < 0)
			return r;
		if (!ns_inode(self, joined[i], &ours) && ours == theirs)
			continue;
		namespaces[i] = ns_open(proc_fd, joined[i]);
		if (namespaces[i] < 0)
			return namespaces[i];
	}
	return 0;
}

static int ask(const int *namespaces, int sys, const char *path, struct answer *ret)
{
	CLEANUP_FD int ours = -1, theirs = -1;
	int pair[2], status;
	ssize_t n;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		answer(namespaces, sys, path, theirs);
	close_fd(&theirs);
	do
		n = recv(ours, ret, sizeof(*ret), 0);
	while (n < 0 && errno == EINTR);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (n != (ssize_t)sizeof(*ret))
		return n < 0 ? -errno : -EPIPE;
	ret->value[VALUE_MAX - 1] = '\0';
	return -ret->error;
}

int sysctl_read_of(int proc_fd, const char *name, char **ret)
{
	CLEANUP_FD int sys = open("/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *path = sysctl_path(name);
	int namespaces[ARRAY_SIZE(joined)] = {-1, -1, -1}, r;
	struct answer said = {0};

	if (!path)
		return -EINVAL;
	r = sys < 0 ? -errno : open_namespaces(proc_fd, namespaces);
	if (!r)
		r = ask(namespaces, sys, path, &said);
	for (size_t i = 0; i < ARRAY_SIZE(joined); i++)
		close_fd(&namespaces[i]);
	if (r < 0)
		return r;
	*ret = tidied(said.value);
	return *ret ? 0 : -ENOMEM;
}
