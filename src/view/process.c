/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/process.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "view/time.h"

#define ITEM ((const struct process *)item)

const char *view_process_session_name(enum process_session session)
{
	static const char *const names[] = {
		[PROCESS_MAIN] = "main",
		[PROCESS_EXEC] = "exec",
		[PROCESS_JOINED] = "joined",
		[PROCESS_CAME] = NULL,
	};

	return names[session];
}

void view_process_id(struct cell *cell, const char *name, uint32_t id)
{
	if (id == PROCESS_ID_NONE) {
		cell_unknown(cell);
	} else if (name) {
		cell->kind = CELL_TEXT;
		buf_printf(&cell->text, "%s(%u)", name, id);
	} else {
		cell_number(cell, id);
	}
}

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->container->ref);
}

static void fill_number(struct cell *ret, pid_t pid)
{
	if (pid > 0)
		cell_number(ret, (uint64_t)pid);
	else
		cell_unknown(ret);
}

static void fill_host_pid(const void *item, struct cell *ret)
{
	fill_number(ret, ITEM->host_pid);
}

/* As a target; a number alone is the beginning of an ID. */
static void fill_ref(const void *item, struct cell *ret)
{
	ret->kind = CELL_TEXT;
	buf_printf(&ret->text, "pid/%d", (int)ITEM->host_pid);
}

static void fill_pid(const void *item, struct cell *ret)
{
	fill_number(ret, ITEM->pid);
}

static void fill_pids(const void *item, struct cell *ret)
{
	for (unsigned int i = 0; i < ITEM->n_pids; i++)
		buf_printf(&ret->text, "%s%d", i ? "/" : "", (int)ITEM->pids[i]);
	ret->kind = ITEM->n_pids ? CELL_TEXT : CELL_UNKNOWN;
}

static void fill_ppid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)ITEM->ppid);
}

static void fill_user(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->user, ITEM->euid_inside);
}

static void fill_host_user(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->host_user, ITEM->euid);
}

static void fill_caps(const void *item, struct cell *ret)
{
	uint64_t effective = ITEM->caps.effective, all = caps_all();

	if (!effective)
		return;
	cell_number(ret, caps_count(effective));
	if ((effective & all) == all)
		buf_str(&ret->text, "all");
}

static void fill_session(const void *item, struct cell *ret)
{
	if (ITEM->session == PROCESS_CAME)
		cell_unknown(ret);
	else
		cell_word(ret, view_process_session_name(ITEM->session));
	if (ITEM->session == PROCESS_JOINED)
		ret->tone = TONE_WARN;
}

/* Without a command line: a kernel thread, a zombie, or one that has wiped it; ps(1) has it so. */
void view_process_command(const struct process *p, struct cell *cell)
{
	cell_words(cell, p->command);
	if (p->command_lost) {
		cell_unknown(cell);
		return;
	}
	if (cell->kind == CELL_NONE) {
		cell->kind = CELL_TEXT;
		buf_printf(&cell->text, "[%s]", p->comm);
	}
	if (p->state == 'Z') {
		buf_str(&cell->text, " <defunct>");
		cell->tone = TONE_DIM;
	}
}

static void fill_command(const void *item, struct cell *ret)
{
	view_process_command(ITEM, ret);
}

static void fill_state(const void *item, struct cell *ret)
{
	cell_text_n(ret, &ITEM->state, 1);
}

static void fill_tid(const void *item, struct cell *ret)
{
	fill_number(ret, ITEM->tid_inside);
}

static void fill_host_tid(const void *item, struct cell *ret)
{
	fill_number(ret, ITEM->tid);
}

static void fill_host_ppid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)ITEM->host_ppid);
}

static void fill_age(const void *item, struct cell *ret)
{
	view_age(ret, process_start_unix(ITEM));
}

static void fill_start(const void *item, struct cell *ret)
{
	char text[VIEW_TIME_SIZE];

	cell_text(ret, view_time_text(process_start_unix(ITEM), text));
	if (ret->kind == CELL_NONE)
		cell_unknown(ret);
}

static void fill_cpu(const void *item, struct cell *ret)
{
	uint64_t seconds;

	if (!ITEM->more || !ITEM->more->has_times) {
		cell_unknown(ret);
		return;
	}
	seconds = ITEM->more->cpu / (uint64_t)sysconf(_SC_CLK_TCK);
	cell_number(ret, ITEM->more->cpu);
	buf_printf(&ret->text, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static void fill_rss(const void *item, struct cell *ret)
{
	if (ITEM->more && ITEM->more->has_times)
		cell_number(ret, ITEM->more->rss / 1024);
	else
		cell_unknown(ret);
}

static void fill_threads(const void *item, struct cell *ret)
{
	if (ITEM->more && ITEM->more->has_times)
		cell_number(ret, ITEM->more->threads);
	else
		cell_unknown(ret);
}

static void fill_nice(const void *item, struct cell *ret)
{
	if (!ITEM->more || !ITEM->more->has_times) {
		cell_unknown(ret);
	} else if (ITEM->more->nice >= 0) {
		cell_number(ret, (uint64_t)ITEM->more->nice);
	} else {
		ret->kind = CELL_TEXT; /* CELL_NUMBER has no negative ones */
		buf_printf(&ret->text, "%d", ITEM->more->nice);
	}
}

static void fill_tty(const void *item, struct cell *ret)
{
	if (ITEM->more && ITEM->more->has_times)
		cell_text(ret, ITEM->more->tty);
	else
		cell_unknown(ret);
}

static void fill_cgroup(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->more ? ITEM->more->cgroup : NULL);
	if (ret->kind == CELL_NONE)
		cell_unknown(ret);
}

static void fill_exe(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->more ? ITEM->more->exe : NULL);
}

static void fill_userns(const void *item, struct cell *ret)
{
	if (ITEM->more && ITEM->more->user_ns)
		cell_number(ret, ITEM->more->user_ns);
	else
		cell_unknown(ret);
}

static void fill_seccomp(const void *item, struct cell *ret)
{
	const char *mode = view_process_seccomp(ITEM);

	if (!mode)
		cell_unknown(ret);
	else if (ITEM->seccomp)
		cell_text(ret, mode);
}

static void fill_no_new_privs(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->no_new_privs ? "yes" : "no");
}

static void fill_group(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->group, ITEM->egid_inside);
}

static void fill_groups(const void *item, struct cell *ret)
{
	for (size_t i = 0; i < ITEM->n_groups; i++)
		buf_printf(&ret->text, "%s%u", i ? "," : "", ITEM->groups[i]);
	ret->kind = ITEM->n_groups ? CELL_TEXT : CELL_NONE;
}

static void fill_comm(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->comm);
}

static void fill_set(struct cell *ret, uint64_t mask)
{
	if (!mask)
		return;
	caps_names(&ret->text, mask, ",");
	ret->kind = CELL_TEXT;
}

static void fill_effective(const void *item, struct cell *ret)
{
	fill_set(ret, ITEM->caps.effective);
}

static void fill_permitted(const void *item, struct cell *ret)
{
	fill_set(ret, ITEM->caps.permitted);
}

static void fill_inheritable(const void *item, struct cell *ret)
{
	fill_set(ret, ITEM->caps.inheritable);
}

static void fill_bounding(const void *item, struct cell *ret)
{
	fill_set(ret, ITEM->caps.bounding);
}

static void fill_ambient(const void *item, struct cell *ret)
{
	fill_set(ret, ITEM->caps.ambient);
}

static const struct column columns[] = {
	{"CONTAINER", "the container, in the shortest form that names only it", 0, 0, fill_container},
	{"HOST-PID", "its PID outside, on the host", COLUMN_RIGHT, 0, fill_host_pid},
	{"HOST-TID", "a thread's number outside", COLUMN_RIGHT | COLUMN_EXTRA, 0, fill_host_tid},
	{"PID", "its PID inside", COLUMN_RIGHT, 0, fill_pid},
	{"TID", "a thread's number inside", COLUMN_RIGHT | COLUMN_EXTRA, 0, fill_tid},
	{"PPID", "its parent's PID inside; 0: the parent is outside", COLUMN_RIGHT, 0, fill_ppid},
	{"HOST-PPID", "its parent's PID outside", COLUMN_RIGHT | COLUMN_EXTRA, 0, fill_host_ppid},
	{"PIDS", "its PID at every level, outermost first", COLUMN_WIDE, 0, fill_pids},
	{"USER", "its effective user, by the container's own names", 0, PROCESS_NAMES, fill_user},
	{"HOST-USER", "the same user as the host has it", 0, PROCESS_NAMES, fill_host_user},
	{"GROUP", "its effective group, by the container's own names", COLUMN_EXTRA, PROCESS_NAMES, fill_group},
	{"GROUPS", "its supplementary groups, the host's numbers", COLUMN_WIDE, 0, fill_groups},
	{"CAPS", "how many capabilities are effective; all, - for none", COLUMN_RIGHT | COLUMN_NO, 0, fill_caps},
	{"EFFECTIVE", "the effective capabilities", COLUMN_EXTRA, 0, fill_effective},
	{"PERMITTED", "the permitted ones", COLUMN_EXTRA, 0, fill_permitted},
	{"INHERITABLE", "the inheritable ones", COLUMN_EXTRA, 0, fill_inheritable},
	{"BOUNDING", "the bounding set", COLUMN_EXTRA, 0, fill_bounding},
	{"AMBIENT", "the ambient ones", COLUMN_EXTRA, 0, fill_ambient},
	{"USERNS", "the inode of its user namespace", COLUMN_RIGHT | COLUMN_EXTRA, PROCESS_NAMESPACES, fill_userns},
	{"NO-NEW-PRIVS", "yes: it can gain no privilege by execve", COLUMN_WIDE, 0, fill_no_new_privs},
	{"SECCOMP", "filter or strict; - when there is none", COLUMN_WIDE, 0, fill_seccomp},
	{"SESSION", "main: of init; exec: started by an exec; joined: came in otherwise", 0, PROCESS_SESSION, fill_session},
	{"STATE", "R, S, D, T, t, Z or I, as in ps(1)", COLUMN_WIDE, 0, fill_state},
	{"AGE", "time since it started", COLUMN_WIDE | COLUMN_AGE, PROCESS_START, fill_age},
	{"START", "when it started", COLUMN_EXTRA, PROCESS_START, fill_start},
	{"TIME", "processor time, hours:minutes:seconds", COLUMN_WIDE | COLUMN_RIGHT, PROCESS_TIMES, fill_cpu},
	{"RSS", "memory that is resident, KiB", COLUMN_WIDE | COLUMN_RIGHT, PROCESS_TIMES, fill_rss},
	{"THREADS", "how many threads it has", COLUMN_WIDE | COLUMN_RIGHT, PROCESS_TIMES, fill_threads},
	{"NICE", "its nice value", COLUMN_WIDE | COLUMN_RIGHT, PROCESS_TIMES, fill_nice},
	{"TTY", "its terminal; pts/N is in the devpts that it has", COLUMN_WIDE, PROCESS_TIMES, fill_tty},
	{"CGROUP", "its cgroup, v2 or that of systemd", COLUMN_WIDE, PROCESS_CGROUP, fill_cgroup},
	{"EXE", "the file that it executes, by its path inside", COLUMN_EXTRA, PROCESS_EXE, fill_exe},
	{"COMM", "its name as the kernel has it; a thread has its own", COLUMN_EXTRA, 0, fill_comm},
	{"COMMAND", "its command line", COLUMN_CUT | COLUMN_TREE, PROCESS_COMMAND, fill_command},
	{NULL, NULL, 0, 0, NULL},
};

static uint64_t key_of(const void *item)
{
	return (uint64_t)ITEM->tid;
}

static uint64_t parent_of(const void *item)
{
	return (uint64_t)(ITEM->tid != ITEM->host_pid ? ITEM->host_pid : ITEM->host_ppid);
}

const struct view view_process = {
	.kind = "Process",
	.plural = "processes",
	.columns = columns,
	.needs = PROCESS_STATUS | PROCESS_COMMAND | PROCESS_START | PROCESS_NAMES | PROCESS_SESSION | PROCESS_NAMESPACES |
		 PROCESS_EXE,
	.json = view_process_json,
	.ref = fill_ref,
	.id = fill_host_pid,
	.key = key_of,
	.parent = parent_of,
};
