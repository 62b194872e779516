/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "engine/roots.h"
#include "out/out.h"
#include "sys/file.h"

struct doctor_options {
	struct out_options out;
};

static const struct opt opts[] = {
	OUT_OPTS(struct doctor_options, out),
	OPT_END,
};

struct check *doctor_add(struct doctor *d, const char *area, const char *name, enum check_status status, const char *fmt, ...)
{
	static const struct check none = {0};
	struct check *grown = d->no_memory ? NULL : reallocarray(d->checks, d->n + 2, sizeof(*grown)), *check;
	va_list ap;

	d->no_memory |= !grown;
	if (grown)
		d->checks = grown;
	if (!d->checks)
		return (struct check *)&none; /* what is added to it is added nowhere: doctor_fix() looks */
	check = &d->checks[grown ? d->n++ : d->n];
	*check = (struct check){.area = area, .name = name, .status = status};
	va_start(ap, fmt);
	if (grown && vasprintf(&check->found, fmt, ap) < 0) {
		check->found = NULL;
		d->no_memory = true;
	}
	va_end(ap);
	return check;
}

void doctor_fix(struct doctor *d, struct check *check, const char *fmt, ...)
{
	va_list ap;

	if (d->no_memory)
		return;
	va_start(ap, fmt);
	if (vasprintf(&check->fix, fmt, ap) < 0) {
		check->fix = NULL;
		d->no_memory = true;
	}
	va_end(ap);
}

void doctor_install(struct doctor *d, struct check *check, enum doctor_package package)
{
	static const struct {
		const char *program, *install, *packages[4];
	} managers[] = {
		{"/usr/bin/apt-get", "apt-get install", {"busybox-static", "libsmartcols1", "libreadline8", "uidmap"}},
		{"/usr/bin/dnf", "dnf install", {"busybox", "libsmartcols", "readline", "shadow-utils"}},
		{"/sbin/apk", "apk add", {"busybox-static", "libsmartcols", "readline", "shadow-uidmap"}},
		{"/usr/bin/pacman", "pacman -S", {"busybox", "util-linux-libs", "readline", "shadow"}},
		{"/usr/bin/zypper", "zypper install", {"busybox-static", "libsmartcols1", "libreadline8", "shadow"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
		if (access(managers[i].program, X_OK) == 0) {
			doctor_fix(d, check, "%s %s", managers[i].install, managers[i].packages[package]);
			return;
		}
	doctor_fix(d, check, "install %s", managers[0].packages[package]);
}

long doctor_sysctl(const char *path, long missing)
{
	char text[32], *end;
	long number;

	if (file_read_into(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return missing;
	number = strtol(text, &end, 10);
	return end == text ? missing : number;
}

/* One run: what was found, and the sentences below the table. */
struct doctor_run {
	struct doctor d;
	char **lines; /* owned */
	size_t n_lines;
};

static int tell_fixes(struct doctor_run *run)
{
	run->lines = calloc(run->d.n + 1, sizeof(*run->lines));
	for (size_t i = 0; run->lines && i < run->d.n; i++) {
		const struct check *check = &run->d.checks[i];
		char *line;

		if (!check->fix)
			continue;
		if (asprintf(&line, "%s: %s", check->name, check->fix) < 0)
			return -ENOMEM;
		run->lines[run->n_lines++] = line;
	}
	return run->lines ? 0 : -ENOMEM;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct doctor_run *run = data;
	int r;

	doctor_kernel(&run->d);
	doctor_system(&run->d);
	doctor_you(&run->d);
	r = doctor_engines(&run->d, err);
	if (r < 0)
		return r;
	doctor_tools(&run->d);
	if (run->d.no_memory || tell_fixes(run) < 0)
		return err_no_memory(err);
	*ret = (struct out_rows){.items = run->d.checks, .n = run->d.n, .size = sizeof(*run->d.checks),
		.lines = (const char *const *)run->lines, .n_lines = run->n_lines};
	return 0;
}

static void release(void *data)
{
	struct doctor_run *run = data;

	for (size_t i = 0; i < run->d.n; i++) {
		struct check *check = &run->d.checks[i];

		free(check->found);
		free(check->fix);
		if (check->engine) {
			roots_free(check->engine->roots);
			free(check->engine->version);
			free((char *)check->engine->problem);
		}
		free(check->engine);
	}
	free(run->d.checks);
	for (size_t i = 0; i < run->n_lines; i++)
		free(run->lines[i]);
	free(run->lines);
	*run = (struct doctor_run){.d.s = run->d.s};
}

/* 1 when something that nsctl offers does not work; kept apart from gather(), which also runs for -w. */
static bool is_missing(const struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->checks[i].status == CHECK_MISSING)
			return true;
	return false;
}

static int doctor_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct doctor_options *o = options;
	CLEANUP(release) struct doctor_run run = {.d.s = s};
	const struct out_source source = {gather, NULL, &run};
	struct out out;
	int r;

	if (words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "doctor looks at this machine and takes no words");
	r = out_init(&out, &o->out, &view_check, s->color, err);
	if (!r)
		r = session_list(s, &out, &source, status, err);
	if (!r && !*status && is_missing(&run.d))
		*status = 1;
	return r;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.group = "use",
	.usage = "[OPTIONS]",
	.summary = "say what this kernel, this user and these engines permit, and what is missing",
	.about = "Looks at the kernel's features and what is done without them, at what your privileges are\n"
		 "enough for, at the engines that are here, and at the tools that nsctl uses. What can be mended\n"
		 "is named with the line that does it. Status 1: something does not work.",
	.examples = "nsctl doctor                    # what works here, and what does not\n"
		    "nsctl doctor -o wide            # and what each is for\n"
		    "nsctl doctor -o json            # for a script\n",
	.opts = opts,
	.options_size = sizeof(struct doctor_options),
	.no_config = true,
	.mode = OPT_ANYWHERE,
	.libraries = true,
	.run = doctor_run,
	.view = &view_check,
};
