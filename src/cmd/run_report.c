/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One word over a pipe, from a process of ours to the one that started it: all runs, or the error. The pipe's
 * end without a word means that it died.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "sys/file.h"

#define REPORT_MAX 65536

struct report {
	int code; /* 0: started */
	enum err_kind kind;
	bool has_why, has_hint;
	size_t len; /* of the texts that follow */
};

void run_report_started(int *fd)
{
	struct report report = {0};

	file_write_all(*fd, &report, sizeof(report));
	close_fd(fd);
}

/* The head, then the texts, each with its NUL. Its end is not waited for: processes of ours hold the pipe
 * open, too. */
void run_report_error(int *fd, const struct err *err)
{
	struct report report = {.code = err->code ? err->code : -EINVAL,
		.kind = err->kind,
		.has_why = err->why,
		.has_hint = err->hint};
	const char *texts[] = {err->message ? err->message : "", err->why, err->hint};
	CLEANUP_BUF struct buf block = {0};

	buf_add(&block, &report, sizeof(report));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i])
			buf_add(&block, texts[i], strlen(texts[i]) + 1);
	report.len = block.len - sizeof(report);
	if (!block.failed)
		memcpy(block.data, &report, sizeof(report));
	if (*fd >= 0 && !block.failed && block.len < REPORT_MAX)
		file_write_all(*fd, block.data, block.len);
	close_fd(fd);
}

static size_t read_all(int fd, char *to, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size && ((n = read(fd, to + len, size - len)) > 0 || (n < 0 && errno == EINTR)))
		len += n > 0 ? (size_t)n : 0;
	return len;
}

int run_report_read(int fd, struct err *err)
{
	CLEANUP_BUF struct buf block = {0};
	struct report report = {0};
	char *at;

	if (read_all(fd, (char *)&report, sizeof(report)) < sizeof(report))
		return err_set(err, -ECHILD, ERR_FAILED, "the process that was to watch the sandbox died");
	if (!report.code)
		return 0;
	at = report.len < REPORT_MAX ? buf_reserve(&block, report.len + 1) : NULL;
	if (!at || read_all(fd, at, report.len) < report.len)
		return err_set(err, -ECHILD, ERR_FAILED, "the process that was to watch the sandbox died");
	at[report.len] = '\0';
	err_set(err, report.code, report.kind, "%s", at);
	if (report.has_why) {
		at += strlen(at) + 1;
		err_why(err, "%s", at);
	}
	if (report.has_hint) {
		at += strlen(at) + 1;
		err_hint(err, "%s", at);
	}
	return report.code;
}
