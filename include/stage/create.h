/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A new sandbox, as a list of small steps: made by src/enter/sandbox_mounts.c, taken one after the other by
 * src/stage/create.c. Until CREATE_ROOT all paths are the host's. From then on a target is looked up in the sandbox's root and
 * a source in the host's, which goes away behind the last step.
 */
#ifndef STAGE_CREATE_H
#define STAGE_CREATE_H

enum create_kind {
	CREATE_ROOT,     /* source, with all that is mounted below it, becomes the root with `flags`; without a source, an empty
			    folder. target: a folder of the host on which it may stand for a moment */
	CREATE_FORGET,   /* what is mounted at target and below is none of the sandbox's: it would hold the host's up */
	CREATE_MOUNT,    /* a new file system: mount(source, target, type, flags, data) */
	CREATE_BIND,     /* source at target, with all below it where flags hold MS_REC; the others of flags are set on it */
	CREATE_DIR,      /* a folder */
	CREATE_LINK,     /* target is a symbolic link that holds source */
	CREATE_DEVICE,   /* a file at target, the host's source bound to it */
	CREATE_CONSOLE,  /* the same, of the terminal that is the command's stdin */
	CREATE_MASK,     /* /dev/null over a file, an empty folder over a folder; what is not there needs none */
	CREATE_READONLY, /* a mount of its own, read-only; what is not there needs none */
};

#define CREATE_KIND(k) ((k) & 0xff)
#define CREATE_SOFT 0x100u /* it may fail */
#define CREATE_ELSE 0x200u /* only when the step before has failed */

/* The argument of STEP_CREATE: the index of a step, or one of these. */
enum create_step {
	CREATE_AT_MAP = -1,         /* waiting for the id maps */
	CREATE_AT_IDS = -2,         /* becoming root of the user namespace */
	CREATE_AT_CGROUP = -3,      /* a cgroup namespace */
	CREATE_AT_HOSTNAME = -4,
	CREATE_AT_PROPAGATION = -5, /* keeping mounts to oneself */
	CREATE_AT_READONLY = -6,    /* making the root read-only */
	CREATE_AT_PIVOT = -7,       /* taking it as the root */
	CREATE_AT_DETACH = -8,      /* letting go of the host's */
	CREATE_AT_CHROOT = -9,      /* making a folder that was chrooted into a mount point */
};

#endif
