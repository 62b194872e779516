/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tries to type into every terminal that it can reach: 0 to 2 and /dev/tty, by TIOCSTI and by TIOCLINUX's paste.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void type(int fd)
{
	const char *text = "injected\n";
	char paste = 3;

	for (size_t i = 0; i < strlen(text); i++)
		ioctl(fd, TIOCSTI, &text[i]);
	ioctl(fd, TIOCLINUX, &paste);
}

int main(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY);

	for (int i = 0; i < 3; i++)
		type(i);
	if (fd >= 0)
		type(fd);
	return 0;
}
