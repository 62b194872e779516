/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names of a manifest's containers, and of the pods that a workload makes. A random part is of an alphabet without vowels and
 * look-alikes, so that it is told from most words (apimachinery, util/rand); a generated name is cut to 63
 * characters, its last five kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/manifest.h"

#define ALPHABET "bcdfghjklmnpqrstvwxz2456789"
#define DIGITS "0123456789"
#define RANDOM 5
#define BASE_MAX 58 /* 63 without the random part */
#define HASH_MAX 10

/* Is it five random characters, and nothing else? */
static bool is_random(const char *text)
{
	return strlen(text) == RANDOM && strspn(text, ALPHABET) == RANDOM;
}

/* A number or a hash up to the next dash; what follows that, or NULL. */
static const char *skip_part(const char *text, const char *alphabet, size_t max)
{
	size_t n = strspn(text, alphabet);

	return n && n <= max && text[n] == '-' ? text + n + 1 : NULL;
}

static bool is_named(const char *kind, const char *rest)
{
	if (!strcmp(kind, "StatefulSet"))
		return *rest && rest[strspn(rest, DIGITS)] == '\0' && (*rest != '0' || !rest[1]);
	if (!strcmp(kind, "Deployment"))
		rest = skip_part(rest, ALPHABET, HASH_MAX);
	else if (!strcmp(kind, "CronJob"))
		rest = skip_part(rest, DIGITS, HASH_MAX + 1);
	return rest && is_random(rest);
}

/* A name that was cut has lost the end of NAME or of the hash: what is left of them is compared. */
static bool is_cut(const char *name, const char *pod)
{
	size_t len = strlen(name);

	if (strlen(pod) != BASE_MAX + RANDOM || !is_random(pod + BASE_MAX) || pod[BASE_MAX - 1] == '-')
		return false;
	return !strncmp(name, pod, len < BASE_MAX ? len : BASE_MAX) && (len >= BASE_MAX || pod[len] == '-');
}

bool manifest_names_pod(const struct manifest_pod *pod, const char *name)
{
	const char *own = pod->name.text;
	size_t len = strlen(own);

	if (!strcmp(pod->kind, "Pod"))
		return !strcmp(own, name);
	if (!strncmp(own, name, len) && name[len] == '-' && is_named(pod->kind, name + len + 1))
		return true;
	return strcmp(pod->kind, "StatefulSet") != 0 && is_cut(own, name);
}

/* podman makes one pod of each template: NAME-pod, and, before it had replicas' number fixed, NAME-pod-0 and
 * on. */
bool manifest_names_podman(const struct manifest_pod *pod, const char *name)
{
	size_t len = strlen(pod->name.text);

	if (manifest_names_pod(pod, name))
		return true;
	if (!strcmp(pod->kind, "Pod") || strncmp(pod->name.text, name, len) != 0 ||
		!text_has_prefix(name + len, "-pod"))
		return false;
	name += len + strlen("-pod");
	return !*name || (*name == '-' && name[1] && !name[1 + strspn(name + 1, DIGITS)]);
}

#define LISTED 10

int manifest_no_container(const struct manifest *manifest, const char *name, struct err *err)
{
	CLEANUP_FREE const char **names = NULL;
	CLEANUP_BUF struct buf all = {0};
	const char *nearest;
	size_t n = 0;

	for (size_t i = 0; i < manifest->n_pods; i++)
		n += manifest->pods[i].n_containers;
	names = calloc(n + 1, sizeof(*names));
	n = 0;
	for (size_t i = 0; names && i < manifest->n_pods; i++)
		for (size_t k = 0; k < manifest->pods[i].n_containers; k++)
			names[n++] = manifest->pods[i].containers[k].name.text;
	err_set(err, -ENOENT, ERR_FAILED, "%s: no container is called %s", manifest->docs.name, name ? name : "");
	nearest = name ? text_nearest(name, names, n) : NULL;
	if (nearest)
		return err_hint(err, "did you mean -c %s?", nearest);
	for (size_t i = 0; i < n && i < LISTED; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", names[i] ? names[i] : "");
	if (n > LISTED)
		buf_printf(&all, " and %zu more", n - LISTED);
	return n ? err_hint(err, "it has %s", buf_text(&all)) : err->code;
}
