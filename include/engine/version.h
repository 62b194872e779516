/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The version of an engine that is installed here, as its own program prints it: no daemon is asked.
 */
#ifndef ENGINE_VERSION_H
#define ENGINE_VERSION_H

/* "20.10.24", malloc'd; NULL when its program is not along PATH, or says nothing like a version;
 * NULL too for groups that no engine knows. Of `nsctl` its own. Starts a process. */
char *engine_version(const char *engine);

#endif
