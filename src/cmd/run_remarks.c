/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a manifest has no effect in a sandbox, or not the one that was meant. Said once, before anything
 * starts.
 */
#include <stdbool.h>
#include <string.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "model/caps.h"
#include "model/manifest.h"
#include "sys/cred.h"

/* A list of words, each once. */
static void add_word(struct buf *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = buf_text(list); *at; at += strcspn(at, ",")) {
		at += strspn(at, ", ");
		if (!strncmp(at, word, len) && (at[len] == ',' || !at[len]))
			return;
	}
	buf_printf(list, "%s%s", list->len ? ", " : "", word);
}

static const char *last_part(const char *field)
{
	const char *dot = strrchr(field, '.');

	return dot ? dot + 1 : field;
}

/* Rows of the model that say something of the kernel's side, and that a sandbox does not do. */
static void add_context(struct buf *list, const struct manifest_context *c)
{
	const struct {
		const struct manifest_value *value;
		const char *name;
	} rows[] = {{&c->app_armor_profile, "appArmorProfile"}, {&c->se_linux_options, "seLinuxOptions"},
		{&c->sysctls, "sysctls"}, {&c->windows_options, "windowsOptions"},
		{&c->fs_group_change_policy, "fsGroupChangePolicy"},
		{&c->se_linux_change_policy, "seLinuxChangePolicy"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].value->set)
			add_word(list, rows[i].name);
	if (c->seccomp_type.set && !strcmp(c->seccomp_type.text, "Localhost"))
		add_word(list, "seccompProfile of type Localhost (nsctl-default is in its place)");
}

static void name_unused(
	const struct run_pod *pod, const struct manifest *manifest, const struct manifest_pod *from)
{
	CLEANUP_BUF struct buf list = {0};

	for (size_t i = 0; i < from->n_remarks; i++)
		if (from->remarks[i].severity == MANIFEST_UNUSED)
			add_word(&list, last_part(from->remarks[i].field));
	for (size_t i = 0; i < from->n_containers; i++) {
		const struct manifest_container *container = &from->containers[i];
		struct manifest_context context;

		manifest_effective(from, container, &context);
		if (container->kind == MANIFEST_EPHEMERAL)
			add_word(&list, "ephemeralContainers");
		if (container->image.set)
			add_word(&list, "image");
		if (container->with_stdin.set && container->with_stdin.truth)
			add_word(&list, "stdin (-i does it)");
		if (container->tty.set && container->tty.truth)
			add_word(&list, "tty (-t does it)");
		add_context(&list, &context);
	}
	if (list.len)
		session_note(pod->session, manifest->docs.name, 0, NULL,
			"not applied: %s; the root is a read-only view of %s", buf_text(&list),
			pod->rootfs ? pod->rootfs : "this machine's");
}

int run_pod_remarks(const struct run_pod *pod, const struct manifest *manifest,
	const struct manifest_pod *from, struct err *err)
{
	for (size_t i = 0; i < from->n_remarks; i++) {
		const struct manifest_remark *remark = &from->remarks[i];

		if (remark->severity == MANIFEST_WARNING)
			session_note(pod->session, NULL, 0, NULL, "%s:%u:%u: %s: %s", manifest->docs.name,
				remark->line, remark->column, remark->field, remark->message);
	}
	name_unused(pod, manifest, from);
	if (from->host_users.set && from->host_users.truth && !(cred_permitted() >> CRED_SYS_ADMIN & 1))
		session_note(pod->session, manifest->docs.name, 0, NULL,
			"hostUsers: true needs root: it gets a user namespace of its own all the same");
	return err->code;
}

void run_box_remarks(const struct run_pod *pod, const struct run_box *box)
{
	CLEANUP_BUF struct buf names = {0};

	if (!box->uid || !box->added)
		return;
	caps_names(&names, box->added, ", ");
	session_note(pod->session, box->name, 0, NULL,
		"%s: granted, not usable: uid %u is not root, and execve leaves it the bounding set only",
		buf_text(&names), (unsigned int)box->uid);
}
