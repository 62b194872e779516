/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * doctor: what nsctl uses of the machine beside the kernel.
 */
#include <stddef.h>

#include "base/cleanup.h"
#include "base/library.h"
#include "cmd/doctor.h"
#include "enter/tools.h"

static const struct {
	const char *name, *file, *meaning, *without;
	enum check_status status;
	enum doctor_package package;
} libraries[] = {
	{"libsmartcols", "libsmartcols.so.1", "tables", "tables of our own", CHECK_FALLBACK, PACKAGE_SMARTCOLS},
	{"readline", "libreadline.so.8", "editing lines in nsctl repl", "nsctl repl reads plain lines: no history, no completion",
		CHECK_MISSING, PACKAGE_READLINE},
};

static void check_busybox(struct doctor *d)
{
	const char *path = tools_busybox();
	struct check *check = doctor_add(d, "tools", "busybox", path ? CHECK_OK : CHECK_MISSING, "%s",
		path ? path : "no static busybox: images without a shell cannot be given one");

	check->meaning = "nsctl shell and exec --tools in containers that lack them";
	if (!path)
		doctor_install(d, check, PACKAGE_BUSYBOX);
}

static void check_library(struct doctor *d, size_t i)
{
	void *handle = library_open(libraries[i].file, NULL, 0, false);
	struct check *check = doctor_add(d, "tools", libraries[i].name, handle ? CHECK_OK : libraries[i].status, "%s%s",
		handle ? libraries[i].file : libraries[i].without,
		library_can_open() ? "" : "; this nsctl is static, and the shared one in it cannot be executed here");

	check->meaning = libraries[i].meaning;
	if (!handle && library_can_open())
		doctor_install(d, check, libraries[i].package);
	library_close(handle);
}

void doctor_tools(struct doctor *d)
{
	check_busybox(d);
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		check_library(d, i);
}
