/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside a container: looks for processes that came from outside and are not yet what they shall be (their comm is the stage's), and tries to
 * read their memory and their descriptors. Prints "got FD TARGET" for each that it could read. Ends when /dev/shm/peek-end is there.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

/* The stage, by its name; once it has become the command it is open to whoever may see that. */
static int is_stage(const char *pid)
{
	char path[300], text[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	(void)!fgets(text, sizeof(text), f);
	fclose(f);
	return !strncmp(text, "nsctl", 5) || !strncmp(text, "memfd", 5) || isdigit((unsigned char)text[0]);
}

static void peek(const char *pid, const char *word, int any)
{
	char path[300], target[300];
	struct dirent *entry;
	DIR *fds;
	int mem;

	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	mem = open(path, O_RDONLY);
	if (mem >= 0 && (any || is_stage(pid)))
		printf("%s mem\n", word);
	if (mem >= 0)
		close(mem);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	fds = opendir(path);
	while (fds && (entry = readdir(fds))) {
		char link[600];
		ssize_t n;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
		n = readlink(link, target, sizeof(target) - 1);
		if (n < 0 || !(any || is_stage(pid)))
			continue;
		target[n] = '\0';
		printf("%s %s %s\n", word, entry->d_name, target);
	}
	if (fds)
		closedir(fds);
}

int main(void)
{
	char self[16];

	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	unlink("/dev/shm/peek-end");
	peek(self, "self", 1);
	puts("ready");
	while (access("/dev/shm/peek-end", F_OK) < 0) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;

		while (proc && (entry = readdir(proc)))
			if (isdigit((unsigned char)entry->d_name[0]) && strcmp(entry->d_name, self) &&
				is_stage(entry->d_name))
				peek(entry->d_name, "got", 0);
		if (proc)
			closedir(proc);
	}
	return 0;
}
