/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's own command for a container, as it has to be typed. For messages.
 */
#ifndef ENGINE_COMMAND_H
#define ENGINE_COMMAND_H

struct container;

/* `format` is engine.stop, resume or start: %n is the container's name, %i its ID, %p its pod and %k the Kubernetes namespace
 * of that, %c the namespace of containerd; %r is " --root DIR" and %P " -P DIR" where its state is not where the engine looks by
 * itself. What is another user's says whose. Names are escaped. The caller frees; NULL for a NULL format, and without memory. */
char *engine_command(const char *format, const struct container *c);

#endif
