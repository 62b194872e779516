/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Program files as execve(2) reads them: elf(5) and #! lines. The bytes are hostile.
 */
#ifndef SYS_PROGRAM_H
#define SYS_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

/* PATH where nobody says one: what docker gives. */
#define PROGRAM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#define PROGRAM_HEAD 4096 /* where the kernel's own readers find what they look for in any real program */

/* Reads the beginning of a regular file through a descriptor that may be O_PATH. Length or a negative errno. */
ssize_t program_head(int fd, char *to, size_t size);

/* The interpreter that a script or a dynamic program names, as the kernel takes it (with a \r at the end of a line that has one);
 * points into head, which is cut up for it. NULL: none. */
const char *program_interpreter(char *head, size_t n);

/* Is it a program of this machine that needs no file beside itself? 0; -ENOEXEC: no ELF program, -EPROTOTYPE: for
 * another machine, -ELIBACC: it needs an interpreter, or is a library. head is left as it is. */
int program_is_static(const char *head, size_t n);

#endif
