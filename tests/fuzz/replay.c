/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Feeds a fuzz target the files of its corpus, without libFuzzer: FUZZ_CORPUS/TARGET, where the program is
 * called fuzz_TARGET, or the files given as arguments.
 */
#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "fuzz.h"
#include "sys/file.h"

#define INPUT_MAX (1u << 20)

struct replay {
	const char *target;
	char **files;
	int n;
};

static void feed(const char *path)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE uint8_t *exact = NULL;
	size_t len;

	fprintf(stderr, "# %s\n", path); /* the last one of a crash */
	if (file_read(AT_FDCWD, path, INPUT_MAX, &text, &len) < 0)
		fail_msg("cannot read %s", path);
	exact = malloc(len ? len : 1); /* without the NUL behind the text */
	if (!exact)
		fail_msg("out of memory");
	memcpy(exact, text, len);
	assert_int_equal(LLVMFuzzerTestOneInput(exact, len), 0);
}

static void corpus(void **state)
{
	const struct replay *replay = *state;
	CLEANUP_FREE char *folder = NULL;
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;
	int fed = 0;

	for (int i = 0; i < replay->n; i++)
		feed(replay->files[i]);
	if (replay->n)
		return;
	assert_int_equal(LLVMFuzzerTestOneInput((const uint8_t *)"", 0), 0);
	if (asprintf(&folder, "%s/%s", FUZZ_CORPUS, replay->target) < 0 || !(dir = opendir(folder)))
		fail_msg("cannot read %s", folder);
	while ((entry = readdir(dir))) {
		CLEANUP_FREE char *path = NULL;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
			fail_msg("out of memory");
		feed(path);
		fed++;
	}
	assert_true(fed > 0);
}

int main(int argc, char **argv)
{
	const char *name = basename(argv[0]);
	struct replay replay = {
		.target = text_has_prefix(name, "fuzz_") ? name + 5 : name, .files = argv + 1, .n = argc - 1};
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(corpus, &replay)};

	return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
