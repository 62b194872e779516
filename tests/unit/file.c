/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sys/file.h, sealing: the kernel refuses while anybody holds a page of the file, itself included.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/file.h"

#define SIZE 8192
#define HELD_MS 400 /* longer than the kernel waits by itself */

static int filled(void)
{
	static const char bytes[SIZE];
	int fd = file_memfd_new("file", false);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, bytes, sizeof(bytes)), 0);
	return fd;
}

/* A page in a pipe is held until somebody reads it. */
static void *release(void *pipe)
{
	char bytes[SIZE];

	usleep(HELD_MS * 1000);
	return (void *)(intptr_t)read(((const int *)pipe)[0], bytes, sizeof(bytes));
}

static void is_sealed_when_its_page_is_free(void **state)
{
	int fd = filled(), pipe_ends[2];
	off_t at = 0;
	pthread_t thread;
	void *n;

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(splice(fd, &at, pipe_ends[1], NULL, SIZE / 2, 0), SIZE / 2);
	/* one try is not enough: this is what is waited for */
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(pthread_create(&thread, NULL, release, pipe_ends), 0);
	assert_int_equal(file_seal(fd), 0);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE, F_SEAL_WRITE);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(pthread_join(thread, &n), 0);
	assert_int_equal((intptr_t)n, SIZE / 2);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	close(fd);
}

static void is_refused_while_somebody_can_write(void **state)
{
	int fd = filled();
	void *there = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)state;
	assert_ptr_not_equal(there, MAP_FAILED);
	assert_int_equal(file_seal(fd), -EBUSY);
	munmap(there, SIZE);
	assert_int_equal(file_seal(fd), 0);
	/* for good */
	assert_int_equal(file_seal(fd), -EPERM);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_sealed_when_its_page_is_free),
		cmocka_unit_test(is_refused_while_somebody_can_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
