/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The entry of each verb, one file each in src/cmd; the rows of the table are in src/app/verbs.c.
 */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include "app/verb.h"

extern const struct verb verb_exec;
extern const struct verb verb_shell;
extern const struct verb verb_run;
extern const struct verb verb_kill;
extern const struct verb verb_get;
extern const struct verb verb_ns;
extern const struct verb verb_can;
extern const struct verb verb_diff;
extern const struct verb verb_predict;
extern const struct verb verb_explain;
extern const struct verb verb_generate;
extern const struct verb verb_repl;
extern const struct verb verb_report;
extern const struct verb verb_describe;
extern const struct verb verb_ps;
extern const struct verb verb_who;
extern const struct verb verb_users;
extern const struct verb verb_caps;
extern const struct verb verb_completion;
extern const struct verb verb_doctor;
extern const struct verb verb_version;
extern const struct verb verb_help;
extern const struct verb verb_complete; /* hidden: what the completions of the shells call */

#endif
