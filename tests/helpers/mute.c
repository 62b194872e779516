/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file system that never answers: FUSE, spoken on /dev/fuse directly. It answers INIT, then takes each
 * request and says nothing more, so that whoever looks at a file of it waits until this process ends, SIGKILL
 * or not.
 *
 *   mute SECONDS FOLDER   mounts it there, in the mount namespace of the caller; prints "ready"
 *
 * After that time it ends, and with it the wait. It needs CAP_SYS_ADMIN and /dev/fuse.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "mute: %s: %s\n", what, strerror(errno));
	return 1;
}

static int serve(int dev)
{
	static char request[1 << 18];
	const struct fuse_in_header *head = (const void *)request;
	struct {
		struct fuse_out_header head;
		struct fuse_init_out init;
	} out = {.head.len = sizeof(out),
		.init = {
			.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096}};

	for (;;) {
		if (read(dev, request, sizeof(request)) < 0) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			return fail("read");
		}
		if (head->opcode != FUSE_INIT)
			continue;
		out.head.unique = head->unique;
		if (write(dev, &out, sizeof(out)) < 0)
			return fail("answer");
		if (write(1, "ready\n", 6) != 6)
			return 1;
	}
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc == 3 ? (unsigned int)atoi(argv[1]) : 0;
	int dev;
	char text[128];

	if (!seconds)
		return 2;
	alarm(seconds);
	dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return fail("/dev/fuse");
	snprintf(text, sizeof(text), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", dev);
	if (mount("mute", argv[2], "fuse", MS_NOSUID | MS_NODEV, text) < 0)
		return fail(argv[2]);
	return serve(dev);
}
