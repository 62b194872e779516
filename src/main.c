/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the command line to the exit status. The only exit.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "app/command.h"
#include "base/library.h"

/* A file that is opened later must never become standard output by accident. */
static bool open_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) /* the lowest that is free */
			return false;
	return true;
}

int main(int argc, char **argv)
{
	int status;

	if (!open_standard_fds())
		return 125;
	signal(SIGPIPE, SIG_IGN); /* EPIPE says the same and lets owners clean up */
	status = command_run(argc, argv, &(struct command_context){0});
	/* All is written out. What the C library does at its end would only touch pages that nothing else needs; a build with
	 * libraries may be one that reports then (a sanitizer's). */
	if (!library_can_open())
		_exit(status);
	return status;
}
