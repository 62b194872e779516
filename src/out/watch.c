/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/print.h"

_Static_assert(OUT_WATCH_COLUMNS == OUT_COLUMNS_MAX, "a width for each column");

uint64_t out_print(uint64_t print, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	print = print ? print : UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < len; i++)
		print = (print ^ bytes[i]) * UINT64_C(0x100000001b3);
	return print;
}

static bool seen_add(struct out_seen *seen, uint64_t print)
{
	size_t cap = seen->cap ? 2 * seen->cap : 64;
	uint64_t *grown;

	if (seen->n == seen->cap) {
		grown = reallocarray(seen->prints, cap, sizeof(*grown));
		if (!grown)
			return false;
		seen->prints = grown;
		seen->cap = cap;
	}
	seen->prints[seen->n++] = print;
	return true;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

bool out_watch_wants(struct out_watch *watch, uint64_t print)
{
	if (!watch || watch->redraw)
		return true;
	watch->failed |= !seen_add(&watch->now, print);
	return !watch->before.n ||
	       !bsearch(&print, watch->before.prints, watch->before.n, sizeof(print), by_value);
}

static void watch_free(struct out_watch *watch)
{
	buf_free(&watch->picture);
	free(watch->before.prints);
	free(watch->now.prints);
}

/* The size of the terminal may change between two rounds. */
static size_t terminal_height(void)
{
	struct winsize size = {0};

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row ? 24 : size.ws_row;
}

/* What is said, below the rows: on the same terminal a line on stderr would be drawn over. */
static void add_notes(struct buf *to, const struct out_rows *rows)
{
	if (rows->n && !rows->shown)
		buf_printf(to, "none of %zu fits --filter\n", rows->n);
	for (size_t i = 0; i < rows->n_notes; i++) {
		const char *const texts[] = {rows->notes[i].target, rows->notes[i].message};

		buf_str(to, "nsctl: ");
		for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
			if (!texts[t])
				continue;
			text_escape(to, texts[t], strlen(texts[t]));
			buf_str(to, t ? "\n" : ": ");
		}
	}
}

/* The picture from the top left corner on, as many lines as there is room for, each over the one that stood
 * there. Lines are not wrapped: a wrapped one would move all below it. */
static int draw(const struct buf *picture, struct err *err)
{
	CLEANUP_BUF struct buf frame = {0};
	size_t room = terminal_height() - 1, lines = 0, n = 0;
	const char *end;

	for (const char *at = buf_text(picture); (at = strchr(at, '\n')); at++)
		lines++;
	buf_str(&frame, "\033[?7l\033[H");
	for (const char *at = buf_text(picture); n < (lines > room ? room - 1 : lines); at = end + 1, n++) {
		end = strchr(at, '\n');
		buf_add(&frame, at, (size_t)(end - at));
		buf_str(&frame, "\033[K\n");
	}
	if (lines > n)
		buf_printf(&frame, "... and %zu lines more\033[K\n", lines - n);
	buf_str(&frame, "\033[J\033[?7h");
	return out_write(&frame, err);
}

static int one_round(
	const struct out *out, const struct out_source *source, struct out_watch *watch, struct err *err)
{
	struct out_rows rows = {0};
	int r = source->gather(source->data, &rows, err);
	struct out now = *out; /* behind gather(), which may hide columns */

	watch->picture.len = 0;
	if (watch->redraw && now.width)
		now.width = now.side = out_terminal_width();
	if (!r)
		r = out_show(&now, &rows, watch, &rows.shown, err);
	if (!r && watch->redraw) {
		add_notes(&watch->picture, &rows);
		r = watch->picture.failed ? err_no_memory(err) : draw(&watch->picture, err);
	}
	if (!r)
		r = out_flush(err);
	if (source->release)
		source->release(source->data);
	if (!r && watch->failed)
		r = err_no_memory(err);
	return r;
}

static void keep_seen(struct out_watch *watch)
{
	struct out_seen spare = watch->before;

	if (watch->now.n)
		qsort(watch->now.prints, watch->now.n, sizeof(*watch->now.prints), by_value);
	watch->before = watch->now;
	watch->now = spare;
	watch->now.n = 0;
}

/* Until the next round; a reader that goes away meanwhile ends it, or a quiet watch would never notice. 1:
 * interrupted. The REPL holds Ctrl-C: one that came during the round is there yet. */
static int wait_round(uint64_t ms, struct err *err)
{
	struct pollfd fd = {.fd = STDOUT_FILENO};
	const struct timespec limit = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	sigset_t mask;
	int r;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigdelset(&mask, SIGINT);
	r = ppoll(&fd, 1, &limit, &mask);

	if (r < 0)
		return errno == EINTR ? 1 : err_sys(err, -errno, "cannot wait");
	return r ? err_set(err, -EPIPE, ERR_PIPE, "nobody reads the output") : 0;
}

bool out_watch_draws(const struct out *out)
{
	const char *term = getenv("TERM");

	return out->watch && isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	       !out->format->structured;
}

int out_watch_run(const struct out *out, const struct out_source *source, struct err *err)
{
	CLEANUP(watch_free) struct out_watch watch = {.redraw = out_watch_draws(out)};
	CLEANUP_BUF struct buf end = {0};
	int r;

	do {
		r = one_round(out, source, &watch, err);
		keep_seen(&watch);
		if (!r)
			r = wait_round(out->interval, err);
	} while (!r);
	if (r < 0)
		return r;
	if (isatty(STDOUT_FILENO)) /* it has shown ^C */
		buf_char(&end, '\n');
	return out_write(&end, err);
}
