/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same nsctl, linked with the shared C library. A static program starts a fifth sooner, but can open no shared
 * library (readline, libsmartcols, libproc2); so it carries the other one, and becomes it where one of them is wanted.
 */
#ifndef APP_COMPANION_H
#define APP_COMPANION_H

/* Begins anew as the companion, with the same arguments and environment: before anything was read from standard input or
 * printed. Returns when there is none, as in the companion itself; when it does not run here (a C library older than the
 * build's, no executable memory); and when nsctl has rights that its own file gives it, which the companion would not have.
 * Then libraries are missing, as they may be on any machine. */
void companion_run(void);

#endif
