/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/asked.h"
#include "engine/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECE (256L << 10) /* what is read at once */
#define MANY 3000	   /* records, over several of those */
#define TAIL "0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct asked_mark mark = {"\"M\":{\"ID\":\"", "\",", sizeof("\"M\":") - 1};

struct database {
	char path[32];
	struct container c;
};

/* Every third begins like no other, the others in fifteen digits like their neighbours. */
static unsigned int number(int i)
{
	return i % 3 ? (unsigned int)i : (unsigned int)i << 16;
}

static void write_records(FILE *out, int from, int to, const char *word)
{
	for (int i = from; i < to; i++) {
		long left = PIECE - ftell(out);

		if (left > 8 && left < 400) /* one mark in two pieces */
			fprintf(out, "%*s", (int)left - 4, "");
		fprintf(out, "{\"M\":{\"ID\":\"%016x" TAIL "\",\"word\":\"%s%d\"}}%*s", number(i), word, i, i % 113, "");
	}
}

static int setup(void **state)
{
	struct database *db = calloc(1, sizeof(*db));
	FILE *out;
	int fd;

	strcpy(db->path, "/tmp/nsctl-unit-XXXXXX");
	fd = mkstemp(db->path);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return -1;
	db->c.owner = geteuid();
	/* an ID that begins like 0's, in front of it; and a mark without what belongs behind it */
	fprintf(out, "{\"M\":{\"ID\":\"%016x%.*sff\",\"word\":\"other\"}}", 0, 46, TAIL);
	fprintf(out, "{\"M\":{\"ID\":\"%016x" TAIL "\"}}", 1);
	write_records(out, 0, MANY, "first");
	write_records(out, 0, MANY, "stale"); /* an old page */
	*state = db;
	return fclose(out);
}

static int teardown(void **state)
{
	struct database *db = *state;
	int r = unlink(db->path);

	free(db);
	return r;
}

static void expect(struct database *db, struct asked_index *index, int i)
{
	char id[65], want[128];
	size_t len = 0;
	char *text;

	snprintf(id, sizeof(id), "%016x" TAIL, number(i));
	text = asked_record(&db->c, index, db->path, &mark, id, &len);
	if (i >= MANY) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_int_equal(strlen(text), len);
	snprintf(want, sizeof(want), "{\"ID\":\"%s\",\"word\":\"first%d\"}", id, i);
	assert_memory_equal(text, want, strlen(want));
	free(text);
}

static void test_one(void **state)
{
	for (int i = 0; i <= MANY; i += 500)
		expect(*state, NULL, i);
	expect(*state, NULL, 1);
}

static void test_index(void **state)
{
	struct asked_index *index = asked_index_new();

	assert_non_null(index);
	for (int i = 0; i <= MANY; i++)
		expect(*state, index, i);
	asked_index_free(&index);
	assert_null(index);
}

static void test_no_file(void **state)
{
	struct asked_index *index = asked_index_new();
	struct container c = {.owner = geteuid()};
	size_t len = 0;

	(void)state;
	assert_null(asked_record(&c, index, "/nonexistent/meta.db", &mark, TAIL, &len));
	asked_index_free(&index);
}

/* A busy boltdb is some ten megabytes, most of it old pages. */
static void test_large(void **state)
{
	const off_t far = 100 << 20;
	FILE *out = tmpfile();
	size_t len = 0;
	char *text;

	(void)state;
	assert_non_null(out);
	assert_int_equal(ftruncate(fileno(out), far), 0);
	fseek(out, 0, SEEK_END);
	fprintf(out, "{\"id\":\"" TAIL "\",\"name\":\"web\"}");
	fflush(out);
	text = database_find(fileno(out), "{\"id\":\"" TAIL, 4096, &len);
	assert_non_null(text);
	assert_string_equal(text, "{\"id\":\"" TAIL "\",\"name\":\"web\"}");
	assert_int_equal(len, strlen(text));
	free(text);
	text = database_find(fileno(out), "{\"id\":\"" TAIL, 20, &len); /* less than the needle */
	assert_null(text);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
