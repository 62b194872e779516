/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * file_open_in_root: the walk for kernels before openat2 finds what openat2 finds. Input: a digit for the
 * flags, the path, CUT, and what the links of the folder say: l0, l1, a/l2 and a/b/l3, each up to a CUT.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/feature.h"
#include "sys/file.h"

static const char *const links[] = {"l0", "l1", "a/l2", "a/b/l3"};
static const char *const folders[] = {"a", "a/b", "a/b/c", "d"};
static const char *const files[] = {"f", "a/f", "a/b/f"};
static char root_path[32];
static int root = -1;

static void remove_all(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		unlinkat(root, links[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(root, files[i], 0);
	for (size_t i = ARRAY_SIZE(folders); i > 0; i--)
		unlinkat(root, folders[i - 1], AT_REMOVEDIR);
	rmdir(root_path);
}

static void make_all(void)
{
	if (root >= 0)
		return;
	strcpy(root_path, "/dev/shm/nsctl-fuzz.XXXXXX");
	if (!mkdtemp(root_path)) {
		strcpy(root_path, "/tmp/nsctl-fuzz.XXXXXX");
		FUZZ_CHECK(mkdtemp(root_path));
	}
	root = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	FUZZ_CHECK(root >= 0);
	atexit(remove_all);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		FUZZ_CHECK(mkdirat(root, folders[i], 0755) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_FD int fd = openat(root, files[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		FUZZ_CHECK(fd >= 0);
	}
}

static int open_with(const char *without, const char *path, int flags, struct stat *ret)
{
	CLEANUP_FD int fd = -1;

	setenv("NSCTL_WITHOUT", without, 1);
	fd = file_open_in_root(root, path, flags);
	setenv("NSCTL_WITHOUT", "", 1);
	if (fd < 0)
		return fd;
	FUZZ_CHECK(fstat(fd, ret) == 0);
	FUZZ_CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int flags[] = {O_RDONLY, O_PATH, O_RDONLY | O_DIRECTORY, O_PATH | O_DIRECTORY,
		O_PATH | O_NOFOLLOW, O_RDONLY | O_NOFOLLOW};
	struct fuzz_input in;
	CLEANUP_FREE char *path = NULL;
	struct stat one = {0}, two = {0};
	int a, b;

	if (size < 1 || data[0] < '0' || data[0] >= (int)('0' + ARRAY_SIZE(flags)))
		return 0;
	make_all();
	in = (struct fuzz_input){data + 1, size - 1};
	path = fuzz_part(&in, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		CLEANUP_FREE char *text = fuzz_part(&in, NULL);

		unlinkat(root, links[i], 0);
		if (*text && strlen(text) < 4096)
			FUZZ_CHECK(symlinkat(text, root, links[i]) == 0);
	}
	a = open_with("", path, flags[data[0] - '0'], &one);
	b = open_with("openat2", path, flags[data[0] - '0'], &two);
	if (a == -ENOSYS) /* there is only the walk here */
		return 0;
	if (a != b || one.st_ino != two.st_ino) {
		fprintf(stderr, "%s: openat2 gives %d (inode %lu), the walk %d (inode %lu)\n", path, a,
			(unsigned long)one.st_ino, b, (unsigned long)two.st_ino);
		/* a text that grows too long on the way is refused before its parts are looked at */
		FUZZ_CHECK(b == -ENAMETOOLONG || a == -ENAMETOOLONG);
	}
	return 0;
}
