/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What execve leaves of capabilities (F: the file's, P: the process' before, P': after; capabilities(7)):
 *
 *   P'(ambient)   = the file has capabilities or is set-user-ID ? 0 : P(ambient)
 *   P'(permitted) = (P(inheritable) & F(inheritable)) | (F(permitted) & P(bounding)) | P'(ambient)
 *   P'(effective) = F(effective) ? P'(permitted) : P'(ambient)
 *
 * For uid 0 without securebits' noroot F is all and effective. With no_new_privs P'(permitted) is cut to P(permitted). On a
 * mount with nosuid F is none.
 */
#include "model/caps_usable.h"

#include <errno.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/caps_text.h"

#define WAYS_MAX 4

/* A rule that took a capability: its words are made only for what is shown. */
enum taken {
	USABLE,
	TAKEN_BOUNDING,
	TAKEN_UID,
	TAKEN_LEFT_ROOT,
	TAKEN_AMBIENT,
	TAKEN_AMBIENT_ALONE,
	TAKEN_NNP_FILE,
	TAKEN_NNP_ROOT,
	TAKEN_FILE_OFF,
	TAKEN_FILE_NOSUID,
	TAKEN_SECUREBITS,
	TAKEN_SWITCHED_OFF,
	TAKEN_GIVEN_UP_ROOT,
	TAKEN_GIVEN_UP_FILE,
	TAKEN_GIVEN_UP_AMBIENT,
	TAKEN_USERNS,
};

static const struct {
	const char *rule, *reason; /* NULL: made of the uid */
} words[] = {
	[TAKEN_BOUNDING] = {"bounding", "not in the bounding set, beyond which execve gives nothing"},
	[TAKEN_UID] = {"uid", NULL},
	[TAKEN_LEFT_ROOT] = {"uid", NULL},
	[TAKEN_AMBIENT] = {"ambient", "the program carries file capabilities, and for such a file execve clears the "
				      "ambient set"},
	[TAKEN_AMBIENT_ALONE] = {"ambient", "the config asks for it as ambient and not as inheritable, and only what is "
					    "both permitted and inheritable can be ambient"},
	[TAKEN_NNP_FILE] = {"no_new_privs", "the program carries it as a file capability, and with no_new_privs "
					    "execve gives nothing that was not permitted before"},
	[TAKEN_NNP_ROOT] = {"no_new_privs", "with no_new_privs execve gives nothing that was not permitted before, to "
					    "root neither"},
	[TAKEN_FILE_OFF] = {"file", "the program carries it as permitted without the effective bit, and has not "
				    "switched it on"},
	[TAKEN_FILE_NOSUID] = {"file", "the program carries it as a file capability, on a mount with nosuid: execve "
				       "does not look there"},
	[TAKEN_SECUREBITS] = {"securebits", "the securebits hold noroot, so execve gives uid 0 no more than others"},
	[TAKEN_SWITCHED_OFF] = {"dropped", "permitted, but switched off by the process"},
	[TAKEN_GIVEN_UP_ROOT] = {"dropped", "uid 0 holds it when a program starts, so the process has given it up "
					    "since, or the securebits hold noroot"},
	[TAKEN_GIVEN_UP_FILE] = {"dropped", "the program carries it as a file capability, so the process has given "
					    "it up since, or the file got it later"},
	[TAKEN_GIVEN_UP_AMBIENT] = {"dropped", "ambient when the program was started, and given up by the process since"},
	[TAKEN_USERNS] = {"user_namespace", "of use in the initial user namespace only, and the process is in another"},
};

static enum taken taken_from_root(const struct caps_facts *f)
{
	if (f->securebits & SECBIT_NOROOT)
		return TAKEN_SECUREBITS;
	return f->no_new_privs ? TAKEN_NNP_ROOT : TAKEN_GIVEN_UP_ROOT;
}

static enum taken taken_from_user(const struct caps_facts *f, uint64_t bit)
{
	if (f->file_caps && f->file_permitted & bit) {
		if (f->file_nosuid)
			return TAKEN_FILE_NOSUID;
		return f->no_new_privs ? TAKEN_NNP_FILE : TAKEN_GIVEN_UP_FILE;
	}
	if (f->asked_ambient & ~f->asked_inheritable & bit)
		return TAKEN_AMBIENT_ALONE;
	if (f->asked_ambient & bit)
		return f->file_caps && !f->file_nosuid ? TAKEN_AMBIENT : TAKEN_GIVEN_UP_AMBIENT;
	return f->was_root ? TAKEN_LEFT_ROOT : TAKEN_UID;
}

static enum taken what_took(const struct caps_facts *f, unsigned int number)
{
	const struct cap_text *text = caps_text(number);
	uint64_t bit = UINT64_C(1) << number;

	if (f->held.effective & bit)
		return f->own_userns && text && text->reach == CAP_REACH_INITIAL ? TAKEN_USERNS : USABLE;
	if (f->held.permitted & bit)
		return f->uid && f->file_caps && f->file_permitted & bit && !f->file_effective ? TAKEN_FILE_OFF
											  : TAKEN_SWITCHED_OFF;
	if (!(f->held.bounding & bit))
		return TAKEN_BOUNDING;
	return f->uid ? taken_from_user(f, bit) : taken_from_root(f);
}

static bool is_engine(const struct caps_facts *f, const char *name)
{
	return f->engine && !strcmp(f->engine, name);
}

static bool is_kubernetes(const struct caps_facts *f)
{
	return is_engine(f, "cri") || is_engine(f, "crio");
}

static const char *way_file(const struct caps_facts *f)
{
	if (f->no_new_privs)
		return "a file capability (no_new_privs blocks it here)";
	return f->file_nosuid ? "a file capability (nosuid on its mount blocks it here)" : "a file capability";
}

static const char *way_ambient(const struct caps_facts *f)
{
	if (is_kubernetes(f))
		return "an ambient capability (KEP-2763, not in Kubernetes)";
	if (is_engine(f, "podman"))
		return "an ambient capability (podman makes --cap-add one)";
	if (is_engine(f, "runc") || is_engine(f, "crun"))
		return "an ambient capability (process.capabilities in config.json)";
	if (is_engine(f, "docker") || is_engine(f, "containerd"))
		return "an ambient capability (an entry point that begins as root can set it, the engine does not)";
	return "an ambient capability";
}

static const char *way_no_nnp(const struct caps_facts *f)
{
	return is_kubernetes(f) ? "allowPrivilegeEscalation: true, which leaves no_new_privs off"
				: "a container without no_new_privs";
}

/* At most WAYS_MAX; static texts. */
static size_t ways_of(const struct caps_facts *f, enum taken taken, const char *ways[WAYS_MAX])
{
	size_t n = 0;

	switch (taken) {
	case TAKEN_UID:
		ways[n++] = way_file(f);
		ways[n++] = "uid 0";
		ways[n++] = way_ambient(f);
		break;
	case TAKEN_LEFT_ROOT:
		ways[n++] = way_file(f);
		ways[n++] = "staying uid 0";
		ways[n++] = "keeping it as an ambient capability when it leaves root (setpriv --ambient-caps)";
		break;
	case TAKEN_BOUNDING:
		ways[n++] = "a container whose engine holds it, and may hand it on";
		break;
	case TAKEN_AMBIENT:
		ways[n++] = "the same capability on the file (setcap)";
		ways[n++] = "a program without file capabilities (setcap -r)";
		break;
	case TAKEN_AMBIENT_ALONE:
		ways[n++] = "the inheritable set in the config too";
		ways[n++] = way_file(f);
		ways[n++] = "uid 0";
		break;
	case TAKEN_NNP_FILE:
		ways[n++] = way_no_nnp(f);
		ways[n++] = way_ambient(f);
		break;
	case TAKEN_NNP_ROOT:
		ways[n++] = way_no_nnp(f);
		break;
	case TAKEN_FILE_OFF:
		ways[n++] = "the effective bit on the file (setcap ...+ep)";
		ways[n++] = "capset() in the program";
		break;
	case TAKEN_FILE_NOSUID:
		ways[n++] = "a mount without nosuid";
		ways[n++] = way_ambient(f);
		break;
	case TAKEN_SECUREBITS:
		ways[n++] = "a process without noroot";
		ways[n++] = way_ambient(f);
		break;
	case TAKEN_SWITCHED_OFF:
		ways[n++] = "capset() in the program, which may switch it on again";
		break;
	case TAKEN_GIVEN_UP_ROOT:
	case TAKEN_GIVEN_UP_FILE:
	case TAKEN_GIVEN_UP_AMBIENT:
		ways[n++] = "a program started anew";
		break;
	case TAKEN_USERNS:
		ways[n++] = is_kubernetes(f) ? "the host's user namespace (hostUsers: true)" : "the host's user namespace";
		break;
	case USABLE:
		break;
	}
	return n;
}

static char **copy_ways(const char *const *ways, size_t n)
{
	char **copy = calloc(n + 1, sizeof(*copy));

	for (size_t i = 0; copy && i < n; i++)
		if (!(copy[i] = strdup(ways[i]))) {
			while (i--)
				free(copy[i]);
			free(copy);
			return NULL;
		}
	return copy;
}

static void add_reason(const struct caps_facts *f, enum taken taken, struct buf *out)
{
	if (words[taken].reason)
		buf_str(out, words[taken].reason);
	else if (f->uid == (uid_t)-1)
		buf_str(out, "its uid is not mapped and not root");
	else if (taken == TAKEN_LEFT_ROOT)
		buf_printf(out, "it began as root and became uid %u, which clears the permitted set", (unsigned int)f->uid);
	else
		buf_printf(out, "uid %u is not root", (unsigned int)f->uid);
	if (taken == TAKEN_UID)
		buf_str(out, ", so execve keeps ambient and file capabilities only");
}

static int add_row(const struct caps_facts *f, unsigned int number, enum taken taken, struct caps_unusable *row)
{
	CLEANUP_BUF struct buf reason = {0}, message = {0};
	const char *ways[WAYS_MAX];
	size_t n = ways_of(f, taken, ways);

	add_reason(f, taken, &reason);
	caps_name(&message, number);
	buf_printf(&message, " was granted but cannot be used: %s.", buf_text(&reason));
	*row = (struct caps_unusable){number, words[taken].rule, buf_take(&reason), buf_take(&message),
		copy_ways(ways, n)};
	return row->reason && row->message && row->ways_out ? 0 : -ENOMEM;
}

int caps_usable_check(const struct caps_facts *facts, struct caps_unusable_list *ret)
{
	CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};

	list.items = calloc(caps_count(facts->granted) + 1, sizeof(*list.items));
	if (!list.items)
		return -ENOMEM;
	for (unsigned int number = 0; number < CAP_BITS; number++) {
		enum taken taken = facts->granted >> number & 1 ? what_took(facts, number) : USABLE;

		if (taken != USABLE && add_row(facts, number, taken, &list.items[list.n++]) < 0)
			return -ENOMEM;
	}
	*ret = list;
	list = (struct caps_unusable_list){0};
	return 0;
}

void caps_unusable_free(struct caps_unusable_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		for (char **way = list->items[i].ways_out; way && *way; way++)
			free(*way);
		free(list->items[i].ways_out);
		free(list->items[i].reason);
		free(list->items[i].message);
	}
	free(list->items);
	*list = (struct caps_unusable_list){0};
}

/* The ways out follow from the rule and the facts of the one process. */
static bool same_words(const struct caps_unusable *a, const struct caps_unusable *b)
{
	return !strcmp(a->rule, b->rule) && !strcmp(a->reason, b->reason);
}

/* Reasons speak of "it", which is always what something does something to. */
static void say_reason(const char *reason, bool several, struct buf *out)
{
	const char *it;

	for (; several && (it = strstr(reason, " it ")); reason = it + strlen(" it")) {
		buf_add(out, reason, (size_t)(it - reason));
		buf_str(out, " them");
	}
	buf_str(out, reason);
}

/* Returns how many there are. */
static size_t say_names(const struct caps_unusable_list *list, size_t first, struct buf *out)
{
	size_t n = 0, left;

	for (size_t i = first; i < list->n; i++)
		n += same_words(&list->items[first], &list->items[i]);
	left = n;
	for (size_t i = first; i < list->n; i++) {
		if (!same_words(&list->items[first], &list->items[i]))
			continue;
		caps_name(out, list->items[i].number);
		left--;
		buf_str(out, left > 1 ? ", " : left ? " and " : n > 1 ? " were" : " was");
	}
	return n;
}

static void say_ways(char *const *ways, struct buf *out)
{
	size_t n = 0;

	while (ways[n])
		n++;
	if (!n)
		return;
	buf_str(out, n > 1 ? "  Ways out: " : "  Way out: ");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s%s", i ? n > 2 ? ", " : " " : "", i && i + 1 == n ? "or " : "", ways[i]);
	buf_str(out, ".\n");
}

void caps_unusable_say(const struct caps_unusable_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		bool said = false, several;

		for (size_t k = 0; k < i && !said; k++)
			said = same_words(&list->items[k], &list->items[i]);
		if (said)
			continue;
		several = say_names(list, i, out) > 1;
		buf_str(out, " granted but cannot be used: ");
		say_reason(list->items[i].reason, several, out);
		buf_str(out, ".\n");
		say_ways(list->items[i].ways_out, out);
	}
}
