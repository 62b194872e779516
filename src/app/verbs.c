/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of verbs, in the order in which help shows them. A new verb is one file in src/cmd and one row
 * here.
 */
#include "app/verbs.h"

#include <stddef.h>
#include <string.h>

#include "base/opt.h"

const struct verb *const verbs[] = {
	&verb_exec,
	&verb_shell,
	&verb_run,
	&verb_kill,
	&verb_get,
	&verb_describe,
	&verb_ps,
	&verb_who,
	&verb_users,
	&verb_caps,
	&verb_ns,
	&verb_diff,
	&verb_can,
	&verb_predict,
	&verb_explain,
	&verb_generate,
	&verb_repl,
	&verb_report,
	&verb_doctor,
	&verb_completion,
	&verb_version,
	&verb_help,
	&verb_complete,
	NULL,
};

const struct verb *verb_by_name(const char *name)
{
	for (const struct verb *const *v = verbs; *v; v++)
		if (!strcmp((*v)->name, name))
			return *v;
	return NULL;
}

const struct opt *verb_opt(const struct verb *verb, const char *name)
{
	for (const struct opt *o = verb->opts; o && o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

const struct view *verb_view(const struct verb *verb, const char *first_word)
{
	if (!verb->view_of)
		return verb->view;
	return first_word ? verb->view_of(first_word) : NULL;
}
