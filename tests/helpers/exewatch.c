/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * exewatch INIT FILE...: looks at every process in the PID namespace of process INIT, again and again, and prints a FILE once when one of them has
 * it as /proc/PID/exe (by device and inode). Says "ready" first and ends when stdin does.
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

static int look(const char *pid, const struct stat *ns, const struct stat *files, int n, int *seen)
{
	struct stat own, exe;
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	if (stat(path, &own) < 0 || own.st_ino != ns->st_ino)
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if (stat(path, &exe) < 0)
		return 1;
	for (int i = 0; i < n; i++)
		seen[i] |= exe.st_dev == files[i].st_dev && exe.st_ino == files[i].st_ino;
	return 1;
}

int main(int argc, char **argv)
{
	struct pollfd in = {.fd = 0, .events = POLLIN};
	struct stat ns, files[FILES];
	int n = argc - 2, seen[FILES] = {0};
	char path[300];
	DIR *proc;

	if (argc < 3 || n > FILES)
		return 2;
	snprintf(path, sizeof(path), "/proc/%s/ns/pid", argv[1]);
	if (stat(path, &ns) < 0)
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
				look(entry->d_name, &ns, files, n, seen);
	}
	for (int i = 0; i < n; i++)
		if (seen[i])
			puts(argv[i + 2]);
	return 0;
}
