/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: escaping what containers say, numbers read strictly, the nearest of a list.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Appends `len` bytes of hostile text so that a terminal shows them and obeys none: C0, DEL, C1, bidi and other
 * invisible format controls, line and paragraph separators and every byte that is not valid UTF-8 become \n, \t, \e,
 * \xHH or \uHHHH; a backslash stays as it is. The one function through which container text reaches a person. */
void text_escape(struct buf *out, const char *text, size_t len);

/* The same as a malloc'd string; "" for NULL. */
char *text_escaped(const char *text);

/* Appends the text as one word for a POSIX shell, in single quotes where it needs them, so that a line for people to paste does what it
 * shows. Escaped first, as text_escape() does: of what a terminal would obey nothing reads back as it was. */
void text_shell(struct buf *out, const char *text, size_t len);

/* Is it one word that a shell takes as it stands, anywhere but at a command's beginning? */
bool text_is_shell_plain(const char *text);

/* Code points that a person does not see, or that change what stands beside them: controls, bidi, format characters,
 * blanks without width, line and paragraph separators, tags. What text_escape() escapes. */
bool text_is_invisible(uint32_t code);

/* How many bytes at `text` are printable ASCII before anything else: nearly all that is ever printed, and each takes one place. */
size_t text_ascii(const char *text, size_t len);

/* Length of the valid UTF-8 sequence at `text` (1 to 4, never past `len`), 0 if it is none. *ret_code if not NULL. */
size_t text_utf8(const char *text, size_t len, uint32_t *ret_code);

/* Reads a whole decimal number: digits only, no sign, no space, at most `max`. -EINVAL, or -ERANGE past max. */
int text_u64(const char *text, uint64_t max, uint64_t *ret);

/* Reads a time span: a number with an optional unit ms, s, m, h (default s; a fraction is allowed). Milliseconds. */
int text_duration(const char *text, uint64_t *ret_ms);

/* The nearest of `n` candidates to `word` within edit distance 2 (letters of either case are the same; a
 * transposition counts one; at most half of the word may change), or NULL. */
const char *text_nearest(const char *word, const char *const *candidates, size_t n);
unsigned int text_distance(const char *a, const char *b);

/* Appends the words of `text`, parted by one blank, in lines of at most `width`: the first one goes on in `column`, the others
 * begin with `indent` blanks. A word that is too long for any line has one of its own. Ends without a line feed; returns the column
 * it ends in. ASCII: help, not what containers say. */
size_t text_wrap(struct buf *out, const char *text, size_t column, size_t indent, size_t width);

bool text_same(const char *a, const char *b); /* NULL is the same as NULL */
bool text_is(const char *a, const char *b);   /* NULL is nothing */
bool text_has_prefix(const char *text, const char *prefix);
bool text_has_suffix(const char *text, const char *suffix);
bool text_is_hex(const char *text); /* one digit at least, lower case */

#endif
