/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why a step or execve failed, in words: from the plan and from the file itself, after the fact.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "enter/plan.h"
#include "enter/sandbox.h"
#include "enter/stage.h"
#include "enter/tools.h"
#include "model/caps.h"
#include "sys/cred.h"
#include "sys/below.h"
#include "sys/filecaps.h"
#include "sys/program.h"

int explain_step(const struct plan *plan, const struct order_report *report, struct err *err)
{
	CLEANUP_BUF struct buf subject = {0};
	enum order_step step = report->step < STEP_N ? report->step : STEP_NONE;
	const struct step_info *info = &step_infos[step];

	if (sandbox_explain(plan, report, err))
		return err->code;
	step_subject(plan, report, &subject);
	err_sys(err, -report->error, "%s: %s%s", plan->container->name, info->failed, buf_text(&subject));
	if (step == STEP_RLIMIT || step == STEP_OOM)
		err_why(err, "nsctl lacks CAP_SYS_RESOURCE, which it takes to go beyond its own limits");
	else if ((step == STEP_PIDNS || step == STEP_NS || step == STEP_USERNS) && report->error == EPERM)
		err_why(err, "this needs CAP_SYS_ADMIN in the user namespace that owns the container's namespaces");
	else if (step == STEP_CLONE && report->error == ENOMEM)
		err_why(err, "the container's init has ended: nothing can be started in its PID namespace any more");
	if (info->without)
		err_hint(err, "%s does without it", info->without);
	return err->code;
}

/* By whom cannot be known. Under no_new_privs SELinux and AppArmor give EPERM for a label that is not a part of the caller's own. */
static void why_refused(const struct plan *plan, struct err *err)
{
	const bool no_new_privs = plan->order.flags & ORDER_NO_NEW_PRIVS || cred_no_new_privs();

	if (!plan->lsm_label || !no_new_privs) {
		err_why(err, "a security module or a seccomp filter refused it");
		return;
	}
	err_why(err, "no_new_privs is set: a security module then refuses the label %s where it permits more than nsctl's own; or a "
		     "seccomp filter refused it", step_label(plan->lsm_label));
	err_hint(err, "--no-lsm sets no label, --no-seccomp loads no filter");
}

static void why_eperm(const struct plan *plan, int fd, struct err *err)
{
	struct filecaps caps = {0};
	uint64_t lacking = filecaps_read(fd, &caps) ? 0 : caps.permitted & ~plan->order.bounding;
	CLEANUP_BUF struct buf names = {0};

	/* what it carries as effective it must get: execve fails when the bounding set lacks any */
	if (!lacking || !caps.effective) {
		why_refused(plan, err);
		return;
	}
	caps_names(&names, lacking, ", ");
	err_why(err, "the file carries %s as effective; this container's bounding set lacks that", buf_text(&names));
	err_hint(err, "add it to capabilities.add (--cap-add), or remove it from the file (setcap -r)");
}

static void why_eacces(const struct plan *plan, int fd, struct err *err)
{
	struct stat st;
	struct statvfs fs;

	if (fstat(fd, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		err_why(err, "it is a directory");
	else if (!S_ISREG(st.st_mode))
		err_why(err, "it is no regular file");
	else if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_NOEXEC)
		err_why(err, "the file system that it stands on is mounted noexec");
	else if (!(st.st_mode & 0111))
		err_why(err, "it is not executable (mode %04o): chmod +x", (unsigned int)(st.st_mode & 07777));
	else
		err_why(err, "its mode %04o, its owner %u:%u,%s%s or a directory above it does not let this user execute it",
			(unsigned int)(st.st_mode & 07777), (unsigned int)st.st_uid, (unsigned int)st.st_gid,
			plan->lsm_label ? " the label " : "", plan->lsm_label ? step_label(plan->lsm_label) : "");
}

static void why_enoent(const struct plan *plan, int fd, struct err *err)
{
	char head[PROGRAM_HEAD];
	ssize_t n = program_head(fd, head, sizeof(head));
	const char *program = n > 0 ? program_interpreter(head, (size_t)n) : NULL;
	CLEANUP_FD int there = program ? below_open(plan->root, program, O_PATH) : -1;

	if (!program || there >= 0 || there == -EXDEV)
		return;
	if (!text_has_suffix(program, "\r")) {
		err_why(err, "the file is there, but not its interpreter %s", program);
		return;
	}
	err_why(err, "the file is there, but not its interpreter %s: its first line ends in a carriage return (CRLF)", program);
	err_hint(err, "sed -i 's/\\r$//' on the file, or dos2unix, leaves line feeds only");
}

/* A program from memory needs nothing of the container's files. */
static int explain_tools(const struct plan *plan, int error, struct err *err)
{
	err_set(err, -error, ERR_NOT_EXECUTABLE, "%s, from memory: %s", plan->tools, strerror(error));
	if (error == EPERM || error == EACCES || error == ENOSYS) {
		err_why(err, "a seccomp filter that does not permit execveat, or a security module, refused it");
		return err_hint(err, "--no-seccomp loads no filter, --no-lsm sets no label");
	}
	return err->code;
}

/* What the container lacks the host may bring. */
static int offer_tool(const struct plan *plan, const char *name, struct err *err)
{
	CLEANUP_BUF struct buf ref = {0};

	if (plan->container->ref)
		text_shell(&ref, plan->container->ref, strlen(plan->container->ref));
	if (plan->sandbox || !ref.len)
		return err->code;
	if (plan_knows_shell(plan->argv[0]))
		return err_hint(err, "nsctl shell %s opens the container's own shell, or busybox's from memory", buf_text(&ref));
	if (!tools_offer(plan->argv[0]))
		return err->code;
	return err_hint(err, "nsctl exec --tools %s -- %s runs busybox's, from memory", buf_text(&ref), name);
}

int explain_exec(const struct plan *plan, int error, struct err *err)
{
	const char *name = plan->argv[0];
	CLEANUP_FD int fd = plan->tools ? -1 : plan_open_program(plan);

	if (plan->tools)
		return explain_tools(plan, error, err);
	if (error == ENOENT || error == ENOTDIR) {
		err_set(err, -error, ERR_NO_COMMAND, "%s: %s", name,
			strchr(name, '/') ? strerror(error) : "command not found in the container's PATH");
		if (fd >= 0)
			why_enoent(plan, fd, err);
		return fd < 0 && !strchr(name, '/') ? offer_tool(plan, name, err) : err->code;
	}
	err_set(err, -error, ERR_NOT_EXECUTABLE, "%s: %s", name, strerror(error));
	if (fd >= 0 && error == EPERM)
		why_eperm(plan, fd, err);
	else if (fd >= 0 && error == EACCES)
		why_eacces(plan, fd, err);
	else if (error == ENOEXEC)
		err_why(err, "no #! line, and no program for this machine");
	else if (error == ETXTBSY)
		err_why(err, "somebody has it open for writing");
	return err->code;
}
