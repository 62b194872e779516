/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `ps` shows of a struct process.
 */
#ifndef VIEW_PROCESS_H
#define VIEW_PROCESS_H

#include "model/process.h"
#include "out/columns.h"

/* Its needs are bits of enum process_needs. */
extern const struct view view_process;

/* "main", "exec", "joined". */
const char *view_process_session_name(enum process_session session); /* NULL: not known */

/* name(id), or the number alone; "?" for PROCESS_ID_NONE: the kernel has no number for it there. */
void view_process_id(struct cell *cell, const char *name, uint32_t id);

/* {uid, gid, name, group} as the grammar has it; PROCESS_ID_NONE becomes null. */
struct json_object *view_process_user(uint32_t uid, uint32_t gid, const char *name, const char *group);

/* Its command line, or [comm]; a zombie is marked. */
void view_process_command(const struct process *p, struct cell *cell);

/* "disabled", "strict", "filter"; NULL: unknown. */
const char *view_process_seccomp(const struct process *p);

/* In documents (view_process.json). */
void view_process_json(const void *item, struct json_object *into);
struct json_object *view_process_pids(const struct process *p);
struct json_object *view_process_words(char *const *words); /* NULL-terminated; NULL: [] */

#endif
