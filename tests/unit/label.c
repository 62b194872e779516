/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The security label that exec sets, on kernels that this machine need not have: each a folder with what such
 * a kernel shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "tree.h"

#define SECURITYFS "sys/kernel/security/apparmor/"
#define OWN_FILE "proc/self/attr/apparmor/exec"
#define ENABLED "sys/module/apparmor/parameters/enabled"
#define SELINUX "sys/fs/selinux/enforce"
#define CONTAINER "system_u:system_r:container_t:s0:c1,c2"

/* One file of the kernel's, with the folders above it; a path that ends in a slash is a folder. */
static void show(const char *root, const char *file, const char *text)
{
	char path[256];
	CLEANUP_FILE FILE *to = NULL;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	if (path[strlen(path) - 1] == '/')
		return;
	to = fopen(path, "w");
	assert_non_null(to);
	fputs(text, to);
}

static void labels(void **state)
{
	static const struct {
		const char *files[3], *enabled;
		const char *apparmor, *selinux;
		const char *file, *label; /* NULL: none */
	} rows[] = {
		/* no such module: the container is not confined by it either */
		{{NULL}, NULL, "docker-default", CONTAINER, NULL, NULL},
		{{NULL}, "N\n", "docker-default", NULL, NULL, NULL},
		/* built in and turned off: its folder in /proc is there all the same */
		{{OWN_FILE}, "N\n", "docker-default", NULL, NULL, NULL},
		{{SECURITYFS, OWN_FILE}, "Y\n", "docker-default", NULL, "/proc/self/attr/apparmor/exec",
			"exec docker-default"},
		/* securityfs is not mounted where nsctl runs; before 5.8 */
		{{OWN_FILE}, "Y\n", "docker-default", NULL, "/proc/self/attr/apparmor/exec",
			"exec docker-default"},
		{{NULL}, "Y\n", "docker-default", NULL, "/proc/self/attr/exec", "exec docker-default"},
		{{SECURITYFS}, NULL, "docker-default", NULL, "/proc/self/attr/exec", "exec docker-default"},
		{{OWN_FILE}, NULL, "docker-default", NULL, "/proc/self/attr/apparmor/exec",
			"exec docker-default"},
		/* nothing is asked for */
		{{SECURITYFS, OWN_FILE}, "Y\n", "unconfined", NULL, NULL, NULL},
		{{SECURITYFS, OWN_FILE}, "Y\n", "", NULL, NULL, NULL},
		{{SECURITYFS, OWN_FILE}, "Y\n", NULL, NULL, NULL, NULL},
		{{SELINUX}, NULL, NULL, CONTAINER, "/proc/self/attr/exec", CONTAINER},
		{{SELINUX}, NULL, NULL, "", NULL, NULL},
		{{SELINUX}, NULL, "docker-default", CONTAINER, "/proc/self/attr/exec", CONTAINER},
		/* a config with both is for whichever is there */
		{{SECURITYFS, OWN_FILE}, "Y\n", "docker-default", CONTAINER, "/proc/self/attr/apparmor/exec",
			"exec docker-default"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char root[] = "/tmp/nsctl-unit.XXXXXX";
		const struct spec spec = {
			.apparmor = (char *)rows[i].apparmor, .selinux = (char *)rows[i].selinux};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FREE char *label = NULL;
		const char *file = NULL;

		assert_non_null(mkdtemp(root));
		for (size_t k = 0; k < ARRAY_SIZE(rows[i].files) && rows[i].files[k]; k++)
			show(root, rows[i].files[k], "");
		if (rows[i].enabled)
			show(root, ENABLED, rows[i].enabled);
		assert_int_equal(plan_label(&spec, root, &file, &label, &err), 0);
		tree_remove(root);
		if (strcmp(file ? file : "", rows[i].file ? rows[i].file : "") != 0 ||
			strcmp(label ? label : "", rows[i].label ? rows[i].label : "") != 0)
			fail_msg("%zu: \"%s\" to %s", i, label ? label : "", file ? file : "no file");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels),
	};

	return cmocka_run_group_tests_name("label", tests, NULL, NULL);
}
