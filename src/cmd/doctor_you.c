/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * doctor: what the caller may do, verb by verb.
 */
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/doctor.h"
#include "enter/sandbox.h"
#include "model/caps.h"
#include "sys/cred.h"

#define BIT(cap) (1ULL << (cap))

/* What a verb needs for containers of others. Without: what is left. */
static const struct {
	const char *name, *meaning;
	uint64_t needs;
	const char *without;
} verbs_of[] = {
	{"exec", "exec and shell: joining namespaces, taking the container's user and capabilities",
		BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_PTRACE) | BIT(CAP_SYS_CHROOT) | BIT(CAP_SETUID) | BIT(CAP_SETGID) | BIT(CAP_SETPCAP),
		"your own rootless containers"},
	{"get", "all that look: the engines' state files", BIT(CAP_DAC_READ_SEARCH), "your own containers; of others, that they are there"},
	{"look", "ps, who, users, caps, ns, describe, diff, can: /proc/PID/ns and root of others",
		BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH), "your own containers; of others what /proc shows to all"},
	{"kill", "kill: signalling processes of others", BIT(CAP_KILL), "your own processes"},
	{"limits", "exec gives the container's limits and oom_score_adj where they are wider than nsctl's own", BIT(CAP_SYS_RESOURCE),
		"containers whose limits are no wider than yours"},
};

static void check_verb(struct doctor *d, size_t i, uint64_t mine)
{
	uint64_t lacking = verbs_of[i].needs & ~mine;
	CLEANUP_BUF struct buf names = {0};
	struct check *check;

	/* CAP_DAC_OVERRIDE reads as well */
	if (mine & BIT(CAP_DAC_OVERRIDE))
		lacking &= ~BIT(CAP_DAC_READ_SEARCH);
	caps_names(&names, lacking ? lacking : verbs_of[i].needs, ", ");
	check = doctor_add(d, "you", verbs_of[i].name, lacking ? CHECK_LIMITED : CHECK_OK, lacking ? "without %s: %s" : "has %s%s",
		buf_text(&names), lacking ? verbs_of[i].without : "");
	check->meaning = verbs_of[i].meaning;
	if (lacking && geteuid())
		doctor_fix(d, check, "sudo nsctl ...");
}

static void check_user(struct doctor *d, uint64_t mine)
{
	uint64_t lacking = caps_all() & ~mine;
	CLEANUP_BUF struct buf names = {0};

	if (lacking && caps_count(lacking) <= 8) {
		buf_str(&names, ", without ");
		caps_names(&names, lacking, ", ");
	}
	doctor_add(d, "you", "user", CHECK_OK, "uid %u, %u of %u capabilities%s", (unsigned int)geteuid(), caps_count(mine & caps_all()),
		caps_count(caps_all()), buf_text(&names))->meaning = "who nsctl is; sudo and services may have less than all";
	if (cred_no_new_privs())
		doctor_add(d, "you", "no_new_privs", CHECK_LIMITED, "set for nsctl, so every command has it too")->meaning =
			"set-user-ID files and file capabilities give nothing";
}

static void check_run(struct doctor *d, uint64_t mine)
{
	bool root = mine & BIT(CAP_SYS_ADMIN), several = root || sandbox_has_subids();
	struct check *check = doctor_add(d, "you", "run", several ? CHECK_OK : CHECK_LIMITED, "%s",
		root ? "sandboxes of every kind" : several ? "in a user namespace, with your subordinate ids"
		: "in a user namespace, with one uid and one gid: no subordinate ids");

	check->meaning = "sandboxes of nsctl run";
	if (several)
		return;
	if (access("/usr/bin/newuidmap", X_OK) < 0)
		doctor_install(d, check, PACKAGE_UIDMAP);
	else
		doctor_fix(d, check, "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER");
}

/* All other verbs refuse to work with a broken one. */
static void check_config(struct doctor *d)
{
	CLEANUP_CONFIG struct config paths = {0}, config = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_BUF struct buf text = {0};
	const char *why = NULL;
	struct check *check;

	if (config_paths(&paths, &why, &err) < 0) {
		d->no_memory = true;
		return;
	}
	if (config_read(&config, NULL, &err) < 0) {
		check = doctor_add(d, "you", "config", CHECK_MISSING, "%s", err.message ? err.message : "");
		if (err.hint)
			doctor_fix(d, check, "%s", err.hint);
	} else {
		for (size_t i = 0; i < CONFIG_LEVELS; i++)
			if (config.levels[i].found)
				buf_printf(&text, "%s%s", text.len ? ", " : "", config.levels[i].path);
		if (!text.len)
			buf_printf(&text, "none%s%s", paths.levels[1].path ? "; yours would be " : "", paths.levels[1].path ? paths.levels[1].path : "");
		if (why)
			buf_printf(&text, "; yours is not read: %s", why);
		check = doctor_add(d, "you", "config", CHECK_OK, "%s", buf_text(&text));
	}
	check->meaning = "defaults of lists, and roots of engines";
}

void doctor_you(struct doctor *d)
{
	const uint64_t mine = cred_permitted();

	check_user(d, mine);
	for (size_t i = 0; i < ARRAY_SIZE(verbs_of); i++)
		check_verb(d, i, mine);
	check_run(d, mine);
	check_config(d);
}
