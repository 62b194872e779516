/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * opt_parse. Input: a digit for the mode, then the words of a command line, each up to a CUT.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "base/opt.h"

#define WORDS_MAX 64

struct options {
	bool stdin_open, tty, privileged;
	const char *user, *timeout;
	struct opt_list env, cap_add;
};

struct globals {
	const char *namespace;
	bool verbose;
	struct opt_list roots;
};

static const struct opt opts[] = {
	{'i', "stdin", NULL, OPT_FLAG, offsetof(struct options, stdin_open), "keep stdin open"},
	{'t', "tty", NULL, OPT_FLAG, offsetof(struct options, tty), "give it a terminal"},
	{'u', "user", "USER", OPT_TEXT, offsetof(struct options, user), "run as USER"},
	{'e', "env", "NAME=VALUE", OPT_LIST, offsetof(struct options, env), "set a variable"},
	{0, "timeout", "SPAN", OPT_TEXT, offsetof(struct options, timeout), "end it"},
	{0, "cap-add", "CAP", OPT_LIST, offsetof(struct options, cap_add), "add a capability"},
	{0, "privileged", NULL, OPT_FLAG, offsetof(struct options, privileged), NULL},
	OPT_END,
};

static const struct opt common[] = {
	{'n', "namespace", "NAME", OPT_TEXT, offsetof(struct globals, namespace), "of this namespace"},
	{'v', "verbose", NULL, OPT_FLAG, offsetof(struct globals, verbose), "say more"},
	{0, "root", "ENGINE=DIR", OPT_LIST, offsetof(struct globals, roots), "look there"},
	OPT_END,
};

/* Does `text` lie in the words that were given? */
static void check_is_given(const char *text, char **argv, int argc)
{
	for (int i = 1; i < argc; i++)
		if (text >= argv[i] && text <= argv[i] + strlen(argv[i]))
			return;
	FUZZ_CHECK(!"a value is a part of the command line");
}

static void check_list(const struct opt_list *list, char **argv, int argc)
{
	for (size_t i = 0; i < list->n; i++)
		check_is_given(list->items[i], argv, argc);
}

/* The words of a command stay in their order, one behind the other, up to the end. */
static void check_words(const struct opt_words *words, enum opt_mode mode, char **argv, int argc)
{
	size_t first = mode == OPT_AROUND_TARGET ? 1 : 0;

	FUZZ_CHECK(words->words && !words->words[words->n]);
	for (size_t i = 0; i < words->n; i++)
		check_is_given(words->words[i], argv, argc);
	for (size_t i = first; mode != OPT_ANYWHERE && i < words->n; i++)
		FUZZ_CHECK(words->words[i] == argv[(size_t)argc - (words->n - i)]);
}

static void parse(int argc, char **argv, enum opt_mode mode)
{
	CLEANUP_ERR struct err err = {0};
	struct options options = {0};
	struct globals globals = {0};
	struct opt_words words = {0};
	int r = opt_parse(argc, argv, opts, &options, common, &globals, mode, &words, &err);

	fuzz_check_err(r, &err);
	FUZZ_CHECK(r == 0 || err.kind == ERR_USAGE);
	if (r == 0)
		check_words(&words, mode, argv, argc);
	if (options.user)
		check_is_given(options.user, argv, argc);
	if (options.timeout)
		check_is_given(options.timeout, argv, argc);
	if (globals.namespace)
		check_is_given(globals.namespace, argv, argc);
	check_list(&options.env, argv, argc);
	check_list(&options.cap_add, argv, argc);
	check_list(&globals.roots, argv, argc);
	opt_words_free(&words);
	opt_list_free(&options.env);
	opt_list_free(&options.cap_add);
	opt_list_free(&globals.roots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 2] = {NULL}, verb[] = "verb";
	struct fuzz_input in;
	int argc = 1;

	if (size < 1 || data[0] < '0' || data[0] > '3')
		return 0;
	in = (struct fuzz_input){data + 1, size - 1};
	argv[0] = verb;
	while (in.left && argc <= WORDS_MAX)
		argv[argc++] = fuzz_part(&in, NULL);
	parse(argc, argv, (enum opt_mode)(data[0] - '0'));
	while (argc > 1)
		free(argv[--argc]);
	return 0;
}
