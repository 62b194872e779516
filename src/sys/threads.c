/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "sys/processor.h"

struct job {
	void (*work)(void *data, size_t part);
	void *data;
	size_t part;
	pthread_t thread;
	bool runs;
};

size_t threads_parts(size_t n, size_t least)
{
	size_t there = processor_count();
	size_t worth = 1 + n / least;

	there = there < THREADS_MAX ? there : THREADS_MAX;
	return there < worth ? there : worth;
}

static void *run_job(void *data)
{
	const struct job *job = data;

	unshare(CLONE_FILES);
	job->work(job->data, job->part);
	return NULL;
}

void threads_run(size_t parts, void (*work)(void *data, size_t part), void *data)
{
	struct job jobs[THREADS_MAX];

	if (parts > 1)
		processor_leave();
	for (size_t i = 1; i < parts; i++) {
		struct job *job = &jobs[i];

		*job = (struct job){.work = work, .data = data, .part = i};
		job->runs = pthread_create(&job->thread, NULL, run_job, job) == 0;
	}
	work(data, 0);
	for (size_t i = 1; i < parts; i++) {
		if (jobs[i].runs)
			pthread_join(jobs[i].thread, NULL);
		else
			work(data, i);
	}
}
