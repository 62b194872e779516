/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * malloc and its like, in the place of the C library's. The stage asks rarely, when something went wrong, and then for much; the
 * library's own would be half of the program, which is copied at each start.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Each piece is a mapping, with its size before it. */
union head {
	size_t size; /* of all */
	max_align_t align;
};

void *malloc(size_t size)
{
	union head *head = MAP_FAILED;

	if (size <= (size_t)PTRDIFF_MAX - sizeof(*head))
		head = mmap(NULL, size + sizeof(*head), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (head == MAP_FAILED) {
		errno = ENOMEM;
		return NULL;
	}
	head->size = size + sizeof(*head);
	return head + 1;
}

void free(void *piece)
{
	union head *head = piece;

	if (head--)
		munmap(head, head->size);
}

void *calloc(size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return malloc(all); /* a new mapping holds zeros */
}

void *realloc(void *piece, size_t size)
{
	const union head *head = piece;
	void *moved = malloc(size);

	if (moved && head--) {
		size_t old = head->size - sizeof(*head);

		memcpy(moved, piece, old < size ? old : size);
		free(piece);
	}
	return moved;
}
