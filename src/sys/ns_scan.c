/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread lists /proc, and reads when that is done; the other reads what is listed so far. Reading takes longer than
 * listing, so the second seldom waits.
 */
#include "sys/ns_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/kthread.h"
#include "sys/processor.h"

#define THREADS_FROM 512 /* links: below, a thread costs more than it brings */
#define BATCH 64          /* processes */
#define DIR_FROM 3        /* links of one process: from there a descriptor of its ns directory pays */

struct work {
	struct ns_scan *scan;
	int proc_fd;
	size_t cap;
	atomic_size_t listed, next;
	atomic_bool done; /* no more will be listed */
	sem_t more;       /* posted for each batch that was listed, and at the end */
	bool tried, threaded;
	pthread_t thread;
	struct kthreads kernel;
	uint64_t kthreadd[NS_N]; /* what it is in, in the order of a row */
};

/* The kernel's threads are in kthreadd's namespaces, and never leave them but for kdevtmpfs, which takes a mount namespace of
 * its own (drivers/base/devtmpfs.c): for these one link says it all. A number that is another's by now has it say so too. */
static bool is_as_kthreadd(const struct work *work, pid_t pid)
{
	const size_t mnt = (size_t)__builtin_popcount(work->scan->mask & ((1u << NS_MNT) - 1));
	uint64_t inode;

	return kthreads_have(&work->kernel, pid) && ns_link(work->proc_fd, pid, NS_MNT, &inode) == 0 &&
	       inode == work->kthreadd[mnt];
}

static int read_row(int proc_fd, pid_t pid, unsigned int mask, uint64_t *to)
{
	CLEANUP_FD int dir = -1;
	char path[32];
	int first = 0;

	if (__builtin_popcount(mask) >= DIR_FROM) {
		snprintf(path, sizeof(path), "%d/ns", (int)pid);
		dir = openat(proc_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			return -errno;
	}
	for (unsigned int type = 0; type < NS_N; type++) {
		int r;

		if (!(mask & 1u << type))
			continue;
		r = dir < 0 ? ns_link(proc_fd, pid, (enum ns_type)type, to++) : ns_link_here(dir, (enum ns_type)type, to++);
		first = first ? first : r;
	}
	return first;
}

static void read_one(const struct work *work, size_t i)
{
	const struct ns_scan *scan = work->scan;
	uint64_t *to = &scan->inodes[i * scan->width];

	if (is_as_kthreadd(work, scan->pids[i]))
		memcpy(to, work->kthreadd, scan->width * sizeof(*to));
	else
		scan->errors[i] = read_row(work->proc_fd, scan->pids[i], scan->mask, to);
}

/* Nothing where a row is so short that all links are read as quickly. */
static void find_kernel(struct work *work)
{
	const struct ns_scan *scan = work->scan;

	if (scan->width < DIR_FROM || !(scan->mask & 1u << NS_MNT))
		return;
	kthreads_read(work->proc_fd, &work->kernel);
	if (work->kernel.n && read_row(work->proc_fd, KTHREADD, scan->mask, work->kthreadd) < 0)
		kthreads_free(&work->kernel);
}

/* Takes batches until none is left, or, while more may be listed, waits. */
static void *read_batches(void *data)
{
	struct work *work = data;

	for (;;) {
		bool done = atomic_load(&work->done); /* before `listed`: what is read then is the last word */
		size_t listed = atomic_load(&work->listed), begin = atomic_load(&work->next);
		size_t end = begin + BATCH < listed ? begin + BATCH : listed;

		if (begin >= listed || (!done && end - begin < BATCH)) {
			if (done)
				return NULL;
			sem_wait(&work->more);
			continue;
		}
		if (!atomic_compare_exchange_strong(&work->next, &begin, end))
			continue;
		for (size_t i = begin; i < end; i++)
			read_one(work, i);
	}
}

static bool make_room(struct work *work, size_t cap)
{
	struct ns_scan *scan = work->scan;
	pid_t *pids = reallocarray(scan->pids, cap, sizeof(*pids));
	uint64_t *inodes;
	int *errors;

	scan->pids = pids ? pids : scan->pids;
	inodes = pids ? reallocarray(scan->inodes, cap * scan->width, sizeof(*inodes)) : NULL;
	scan->inodes = inodes ? inodes : scan->inodes;
	errors = inodes ? reallocarray(scan->errors, cap, sizeof(*errors)) : NULL;
	scan->errors = errors ? errors : scan->errors;
	work->cap = errors ? cap : work->cap;
	return errors;
}

/* Ends the second thread, having worked beside it. */
static void join(struct work *work)
{
	atomic_store(&work->done, true);
	if (work->threaded)
		sem_post(&work->more);
	read_batches(work);
	if (work->threaded)
		pthread_join(work->thread, NULL);
	work->threaded = false;
}

static int add(struct work *work, pid_t pid)
{
	struct ns_scan *scan = work->scan;

	if (scan->n == work->cap) { /* many started meanwhile */
		join(work);
		if (!make_room(work, work->cap * 2))
			return -ENOMEM;
		atomic_store(&work->done, false);
	}
	scan->pids[scan->n] = pid;
	scan->errors[scan->n] = 0;
	for (size_t i = 0; i < scan->width; i++)
		scan->inodes[scan->n * scan->width + i] = 0;
	atomic_store(&work->listed, ++scan->n);
	if (scan->n % BATCH == 0 && work->threaded)
		sem_post(&work->more);
	if (!work->tried && scan->n * scan->width >= THREADS_FROM) {
		work->tried = true;
		processor_leave(); /* two on one would wait for each other */
		work->threaded = processor_count() > 1 && pthread_create(&work->thread, NULL, read_batches, work) == 0;
	}
	return 0;
}

static int list_pids(struct work *work)
{
	CLEANUP_FD int fd = openat(work->proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;
	int r = 0;

	if (fd < 0 || fstat(fd, &st) < 0 || !(dir = fdopendir(fd)))
		return -errno;
	fd = -1; /* closedir() closes it */
	/* the links of /proc are its processes, and a few more */
	if (!make_room(work, (size_t)st.st_nlink + (size_t)st.st_nlink / 4 + 1024))
		return -ENOMEM;
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			r = add(work, (pid_t)atoi(entry->d_name));
	return r;
}

int ns_scan_read(int proc_fd, unsigned int mask, struct ns_scan *ret)
{
	CLEANUP_NS_SCAN struct ns_scan scan = {
		.mask = mask, .width = (size_t)__builtin_popcount(mask & NS_ALL)};
	struct work work = {.scan = &scan, .proc_fd = proc_fd};
	int r;

	if (sem_init(&work.more, 0, 0) < 0)
		return -errno;
	find_kernel(&work);
	r = list_pids(&work);
	join(&work);
	kthreads_free(&work.kernel);
	sem_destroy(&work.more);
	if (r < 0)
		return r;
	*ret = scan;
	scan = (struct ns_scan){0};
	return 0;
}

uint64_t ns_scan_inode(const struct ns_scan *scan, size_t i, enum ns_type type)
{
	unsigned int before = scan->mask & ((1u << type) - 1);

	return scan->inodes[i * scan->width + (size_t)__builtin_popcount(before)];
}

static int by_pid(const void *a, const void *b)
{
	return *(const pid_t *)a < *(const pid_t *)b ? -1 : *(const pid_t *)a > *(const pid_t *)b;
}

bool ns_scan_find(const struct ns_scan *scan, pid_t pid, size_t *ret)
{
	const pid_t *at = scan->n ? bsearch(&pid, scan->pids, scan->n, sizeof(pid), by_pid) : NULL;

	*ret = at ? (size_t)(at - scan->pids) : 0;
	return at;
}

void ns_scan_drop(struct ns_scan *scan, pid_t pid)
{
	size_t at, behind;

	if (!ns_scan_find(scan, pid, &at))
		return;
	behind = --scan->n - at;
	memmove(&scan->pids[at], &scan->pids[at + 1], behind * sizeof(*scan->pids));
	memmove(&scan->errors[at], &scan->errors[at + 1], behind * sizeof(*scan->errors));
	memmove(&scan->inodes[at * scan->width], &scan->inodes[(at + 1) * scan->width], behind * scan->width * sizeof(*scan->inodes));
}

void ns_scan_free(struct ns_scan *scan)
{
	free(scan->pids);
	free(scan->inodes);
	free(scan->errors);
	*scan = (struct ns_scan){0};
}
