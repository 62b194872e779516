/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * setpriv(1): a command of this host with the privileges of the container's init. It makes no namespace and
 * loads no filter.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/caps.h"
#include "model/generate.h"

/* "-all,+chown,+kill"; names that its library may not know are cap_N there. */
static void add_set(struct buf *out, const char *option, uint64_t mask)
{
	buf_printf(out, " --%s=-all", option);
	for (unsigned int cap = 0; cap < CAP_BITS; cap++) {
		CLEANUP_BUF struct buf name = {0};

		if (!(mask >> cap & 1))
			continue;
		caps_name(&name, cap);
		buf_str(out, ",+");
		for (const char *p = buf_text(&name); *p; p++)
			buf_char(out, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	}
}

static void add_groups(const struct generate_facts *f, const struct spec *s, struct generated *ret)
{
	const char *before = " --groups=";
	uint32_t outside;

	for (size_t i = 0; i < s->n_groups; i++)
		if (idmap_outside(&f->gids, s->groups[i], &outside)) {
			buf_printf(&ret->text, "%s%u", before, outside);
			before = ",";
		}
	if (*before == ' ')
		buf_str(&ret->text, " --clear-groups");
}

int generate_setpriv(const struct generate_facts *f, bool portable, struct generated *ret, struct err *err)
{
	const struct spec *s = generate_spec(f);
	const bool mapped = f->drift.kernel.host_ns[NS_USER] == DRIFT_NO;
	uint32_t uid = s->uid, gid = s->gid;

	(void)portable; /* it has no defaults */
	if (!idmap_outside(&f->uids, s->uid, &uid) || !idmap_outside(&f->gids, s->gid, &gid))
		return err_set(err, -EINVAL, ERR_FAILED, "%s: its user or group has no number outside",
			f->container->ref);
	buf_printf(&ret->text, "setpriv --reuid=%u --regid=%u", uid, gid);
	add_groups(f, s, ret);
	add_set(&ret->text, "inh-caps", mapped ? 0 : s->caps.inheritable);
	add_set(&ret->text, "ambient-caps", mapped ? 0 : s->caps.ambient);
	add_set(&ret->text, "bounding-set", mapped ? 0 : s->caps.bounding);
	if (s->no_new_privs)
		buf_str(&ret->text, " --no-new-privs");
	if (mapped)
		generate_lose(ret, "setpriv: its capabilities: they count in its own user namespace, and "
				   "here would count over the host");
	else
		generate_lose_sets(f, "setpriv", s->caps.ambient, ret);
	if (f->seccomp)
		generate_lose(ret, "setpriv: its seccomp filter");
	if (f->umask != 022)
		generate_lose(ret, "setpriv: its umask %04o", f->umask);
	buf_char(&ret->text, '\n');
	return ret->failed || ret->text.failed ? err_no_memory(err) : 0;
}
