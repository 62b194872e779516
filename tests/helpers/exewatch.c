/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * exewatch INIT FILE...: looks at every process in the PID or the mount namespace of process INIT, again and
 * again, and prints a FILE once, and at once, when one of them has it as /proc/PID/exe (by device and inode).
 * Says "ready" first and ends when stdin does.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 8

static int find(const char *pid, const char *file, struct stat *ret)
{
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	return stat(path, ret);
}

static int is(const char *pid, const char *file, const struct stat *wanted)
{
	struct stat found;

	return find(pid, file, &found) == 0 && found.st_dev == wanted->st_dev &&
	       found.st_ino == wanted->st_ino;
}

/* The program once more behind the namespaces: it had both at one time. */
static void look(
	const char *pid, const struct stat *ns, const struct stat *files, int n, char **names, int *seen)
{
	for (int i = 0; i < n; i++)
		if (!seen[i] && is(pid, "exe", &files[i]) &&
			(is(pid, "ns/pid", &ns[0]) || is(pid, "ns/mnt", &ns[1])) &&
			is(pid, "exe", &files[i])) {
			seen[i] = 1;
			puts(names[i]);
			fflush(stdout);
		}
}

int main(int argc, char **argv)
{
	struct pollfd in = {.fd = 0, .events = POLLIN};
	struct stat ns[2], files[FILES];
	int n = argc - 2, seen[FILES] = {0};
	DIR *proc;

	if (argc < 3 || n > FILES)
		return 2;
	if (find(argv[1], "ns/pid", &ns[0]) < 0 || find(argv[1], "ns/mnt", &ns[1]) < 0)
		return 1;
	for (int i = 0; i < n; i++)
		if (stat(argv[i + 2], &files[i]) < 0)
			return 1;
	proc = opendir("/proc");
	puts("ready");
	fflush(stdout);
	while (proc && poll(&in, 1, 0) == 0) {
		struct dirent *entry;

		rewinddir(proc);
		while ((entry = readdir(proc)))
			if (isdigit((unsigned char)entry->d_name[0]))
				look(entry->d_name, ns, files, n, argv + 2, seen);
	}
	return 0;
}
