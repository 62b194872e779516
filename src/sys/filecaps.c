/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/filecaps.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#define ATTRIBUTE "security.capability"

static uint64_t join(const __le32 words[2])
{
	return (uint64_t)le32toh(words[1]) << 32 | le32toh(words[0]);
}

/* The kernel wants the length that the version has, no other. */
int filecaps_parse(const void *data, size_t len, struct filecaps *ret)
{
	struct vfs_ns_cap_data v = {0};
	uint32_t magic;

	if (len < sizeof(v.magic_etc) || len > sizeof(v))
		return -EINVAL;
	memcpy(&v, data, len);
	magic = le32toh(v.magic_etc);
	switch (magic & VFS_CAP_REVISION_MASK) {
	case VFS_CAP_REVISION_1:
		if (len != XATTR_CAPS_SZ_1)
			return -EINVAL;
		break;
	case VFS_CAP_REVISION_2:
		if (len != XATTR_CAPS_SZ_2)
			return -EINVAL;
		break;
	case VFS_CAP_REVISION_3:
		if (len != XATTR_CAPS_SZ_3)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	*ret = (struct filecaps){
		.permitted = join((__le32[]){v.data[0].permitted, v.data[1].permitted}),
		.inheritable = join((__le32[]){v.data[0].inheritable, v.data[1].inheritable}),
		.effective = magic & VFS_CAP_FLAGS_EFFECTIVE,
		.has_root = len == XATTR_CAPS_SZ_3,
		.root = len == XATTR_CAPS_SZ_3 ? le32toh(v.rootid) : 0,
	};
	return 0;
}

/* fgetxattr() refuses O_PATH descriptors; the path through /proc leads to the same open file. */
int filecaps_read(int fd, struct filecaps *ret)
{
	char path[32], data[XATTR_CAPS_SZ_3 + 1];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = getxattr(path, ATTRIBUTE, data, sizeof(data));
	return n < 0 ? -errno : filecaps_parse(data, (size_t)n, ret);
}

bool filecaps_nosuid(int fd)
{
	struct statvfs fs;

	return fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_NOSUID;
}
