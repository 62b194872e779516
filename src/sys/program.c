/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/program.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_NONE /* none fits: name it here */
#endif

ssize_t program_head(int fd, char *to, size_t size)
{
	CLEANUP_FD int file = file_open_pinned(fd);
	ssize_t n;

	if (file < 0)
		return file;
	n = pread(file, to, size, 0);
	return n < 0 ? -errno : n;
}

/* The i-th program header, if it is in the head. */
static bool header_at(const char *head, size_t n, size_t i, Elf64_Phdr *ret)
{
	Elf64_Ehdr e;

	memcpy(&e, head, sizeof(e));
	if (i >= e.e_phnum || e.e_phentsize != sizeof(*ret) || e.e_phoff > n || (i + 1) * sizeof(*ret) > n - e.e_phoff)
		return false;
	memcpy(ret, head + e.e_phoff + i * sizeof(*ret), sizeof(*ret));
	return true;
}

static bool is_elf64(const char *head, size_t n)
{
	return n > sizeof(Elf64_Ehdr) && !memcmp(head, ELFMAG, SELFMAG) && head[EI_CLASS] == ELFCLASS64;
}

const char *program_interpreter(char *head, size_t n)
{
	Elf64_Phdr ph;

	if (n > 2 && head[0] == '#' && head[1] == '!') {
		size_t begin = 2, len = 0;

		while (begin < n && (head[begin] == ' ' || head[begin] == '\t'))
			begin++;
		/* a carriage return is a letter to the kernel, and so it is here */
		while (begin + len < n && head[begin + len] && !strchr(" \t\n", head[begin + len]))
			len++;
		memmove(head, head + begin, len); /* the file may end here: there is room for the NUL at its beginning only */
		head[len] = '\0';
		return len ? head : NULL;
	}
	for (size_t i = 0; is_elf64(head, n) && header_at(head, n, i, &ph); i++)
		if (ph.p_type == PT_INTERP && ph.p_offset < n && ph.p_filesz > 0 && ph.p_filesz <= n - ph.p_offset) {
			head[ph.p_offset + ph.p_filesz - 1] = '\0';
			return head + ph.p_offset;
		}
	return NULL;
}

int program_is_static(const char *head, size_t n)
{
	bool loads = false;
	Elf64_Ehdr e;
	Elf64_Phdr ph;
	size_t i;

	if (n < SELFMAG || memcmp(head, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	if (!is_elf64(head, n))
		return -EPROTOTYPE;
	memcpy(&e, head, sizeof(e));
	if (e.e_machine != MACHINE)
		return -EPROTOTYPE;
	if (e.e_type != ET_EXEC && e.e_type != ET_DYN)
		return -ENOEXEC;
	for (i = 0; header_at(head, n, i, &ph); i++) {
		if (ph.p_type == PT_INTERP)
			return -ELIBACC;
		loads |= ph.p_type == PT_LOAD;
	}
	if (i < e.e_phnum || !loads) /* headers elsewhere than at the beginning: nothing that a linker makes */
		return -ENOEXEC;
	return e.e_entry ? 0 : -ELIBACC;
}
