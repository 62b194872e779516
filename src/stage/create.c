/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a new sandbox: what clone could not do yet, then the list of steps of stage/create.h.
 */
#include "stage/create.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#define PATH_SIZE 4096

/* Flags of a mount that a change of others must keep: in a user namespace they are locked. */
static unsigned long kept_flags(const char *path)
{
	struct statvfs fs;
	unsigned long flags = 0;

	if (statvfs(path, &fs) < 0)
		return 0;
	flags |= fs.f_flag & ST_NOSUID ? MS_NOSUID : 0;
	flags |= fs.f_flag & ST_NODEV ? MS_NODEV : 0;
	flags |= fs.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
	flags |= fs.f_flag & ST_RDONLY ? MS_RDONLY : 0;
	flags |= fs.f_flag & ST_NOATIME ? MS_NOATIME : 0;
	flags |= fs.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0;
	flags |= fs.f_flag & ST_RELATIME ? MS_RELATIME : 0;
	return flags;
}

int create_remount(const char *path, unsigned long flags)
{
	return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | flags | kept_flags(path), NULL);
}

static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* Binds what the path means from the host's root, where the caller stands. */
static int bind_from(int host, const char *source, const char *target, unsigned long flags)
{
	if (fchdir(host) < 0)
		return -1;
	while (*source == '/')
		source++;
	if (mount(*source ? source : ".", target, NULL, MS_BIND | (flags & MS_REC), NULL) < 0)
		return -1;
	flags &= ~(unsigned long)MS_REC;
	return flags ? create_remount(target, flags) : 0;
}

/* The host's name of the terminal: a descriptor from another mount namespace cannot be bound itself. */
static int bind_console(const struct order *o, int host, const char *target)
{
	char link[40] = "proc/self/fd/", digits[STAGE_DIGITS], path[PATH_SIZE];
	ssize_t n;

	strcat(link, stage_digits(digits, (unsigned int)o->stdio[0]));
	n = readlinkat(host, link, path, sizeof(path) - 1);
	if (n < 0 || make_file(target) < 0)
		return -1;
	path[n] = '\0';
	return bind_from(host, path, target, 0);
}

static int mask(const char *target)
{
	struct stat st;

	if (stat(target, &st) < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -1;
	if (S_ISDIR(st.st_mode))
		return mount("none", target, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			"size=0,mode=555");
	return mount("/dev/null", target, NULL, MS_BIND, NULL);
}

static int make_readonly(const char *target)
{
	if (mount(target, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return errno == ENOENT ? 0 : -1;
	return create_remount(target, MS_RDONLY);
}

static int take_step(struct order *o, const struct order_mount *m, int *host)
{
	const char *source = order_at(o, m->source), *target = order_at(o, m->target);

	switch ((enum create_kind)CREATE_KIND(m->kind)) {
	case CREATE_ROOT:
		return create_root(o, source, target, m->flags, host);
	case CREATE_FORGET:
		return create_forget(*host, target);
	case CREATE_MOUNT:
		return mount(source, target, order_at(o, m->type), m->flags, order_at(o, m->data));
	case CREATE_BIND:
		return bind_from(*host, source, target, m->flags);
	case CREATE_DIR:
		return mkdir(target, 0755);
	case CREATE_LINK:
		return symlink(source, target);
	case CREATE_DEVICE:
		return make_file(target) < 0 ? -1 : bind_from(*host, source, target, m->flags);
	case CREATE_CONSOLE:
		return bind_console(o, *host, target);
	case CREATE_MASK:
		return mask(target);
	case CREATE_READONLY:
		return make_readonly(target);
	}
	errno = EINVAL;
	return -1;
}

static void make_view(struct order *o)
{
	const struct order_mount *list = order_at(o, o->mounts);
	int host = -1, failed = 0;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		/* EINVAL: the root is no mount point, but a folder of one */
		if (errno != EINVAL)
			child_fail(o, STEP_CREATE, errno, CREATE_AT_PROPAGATION);
		create_mount_point(o);
	}
	for (uint32_t i = 0; i < o->n_mounts; i++) {
		if (list[i].kind & CREATE_ELSE && !failed)
			continue;
		failed = take_step(o, &list[i], &host) < 0;
		if (failed && !(list[i].kind & CREATE_SOFT))
			child_fail(o, STEP_CREATE, errno, (int)i);
	}
	if (fchdir(host) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_DETACH);
	close(host);
}

/* nsctl writes the maps from outside, through newuidmap where that is allowed, and then says so with a byte.
 */
static void take_ids(struct order *o)
{
	char word;
	ssize_t n;

	do
		n = read(o->line, &word, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(125);
	/* until here /proc/PID/uid_map had to be the caller's to write */
	prctl(PR_SET_DUMPABLE, 0);
	if (!(o->flags & ORDER_BECOME_ROOT))
		return;
	/* who made the namespace has no number in it, and can own no file there */
	if (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, 0, 0, 0) < 0 ||
		syscall(SYS_setresuid, 0, 0, 0) < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_IDS);
}

static void raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
		request.ifr_flags |= IFF_UP;
		(void)ioctl(fd, SIOCSIFFLAGS, &request);
	}
	close(fd);
}

void child_create(struct order *o)
{
	const char *hostname = order_at(o, o->hostname);

	if (o->new_namespaces & CLONE_NEWUSER)
		take_ids(o);
	umask(022);
	/* its root is the cgroup that we stand in, so clone, which is told the cgroup in the same call, comes
	 * too early */
	if (o->new_namespaces & CLONE_NEWCGROUP && unshare(CLONE_NEWCGROUP) < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_CGROUP);
	if (hostname && o->new_namespaces & CLONE_NEWUTS && sethostname(hostname, strlen(hostname)) < 0)
		child_fail(o, STEP_CREATE, errno, CREATE_AT_HOSTNAME);
	if (o->new_namespaces & CLONE_NEWNET)
		raise_loopback();
	if (o->new_namespaces & CLONE_NEWNS)
		make_view(o);
}
