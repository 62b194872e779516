/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * spec_read_config: an OCI config is read whole, or refused.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "model/spec.h"

static void check(const struct spec *spec)
{
	const uint64_t sets = spec->caps.inheritable | spec->caps.permitted | spec->caps.effective |
			      spec->caps.bounding | spec->caps.ambient;

	FUZZ_CHECK(spec->from_config);
	FUZZ_CHECK(spec->uid != UINT32_MAX && spec->gid != UINT32_MAX);
	for (size_t i = 0; i < spec->n_groups; i++)
		FUZZ_CHECK(spec->groups[i] != UINT32_MAX);
	FUZZ_CHECK((sets & ~((UINT64_C(2) << 40) - 1)) == 0); /* CAP_CHECKPOINT_RESTORE is the last name */
	FUZZ_CHECK(spec->umask <= 0777);
	FUZZ_CHECK(spec->oom_score_adj >= -1000 && spec->oom_score_adj <= 1000);
	for (char **env = spec->env; *env; env++)
		FUZZ_CHECK(strchr(*env, '=') > *env);
	FUZZ_CHECK(!spec->cwd || *spec->cwd == '/');
	FUZZ_CHECK((spec->seccomp == SPEC_SECCOMP_PROFILE) == (spec->seccomp_profile != NULL));
	if (spec->seccomp_profile)
		FUZZ_CHECK(spec->seccomp_profile[0] == '{' &&
			   strlen(spec->seccomp_profile) == spec->seccomp_len);
	for (int user = 0; user < 2; user++) {
		struct cap_sets caps = spec_caps_for_user(spec, "docker", user, 1000);

		FUZZ_CHECK((caps.effective & ~caps.permitted) == 0 ||
			   (spec->caps.effective & ~spec->caps.permitted) != 0);
		spec_caps_for_user(spec, "podman", user, 0);
		spec_caps_for_user(spec, "crun", user, 1000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ERR struct err err = {0}, again_err = {0};
	CLEANUP_SPEC struct spec spec = {.seccomp = SPEC_SECCOMP_NONE},
				 fresh = {.seccomp = SPEC_SECCOMP_NONE};
	int r = spec_read_config("config.json", (const char *)data, size, &fresh, &err);

	fuzz_check_err(r, &err);
	if (r < 0)
		return 0;
	check(&fresh);
	/* over values that are there already, as spec_load() calls it; nothing of them is lost or kept twice
	 */
	spec.cwd = strdup("/init");
	spec.apparmor = strdup("docker-default");
	spec.groups = calloc(2, sizeof(gid_t));
	spec.n_groups = 2;
	spec.umask = 022;
	FUZZ_CHECK(spec_read_config("config.json", (const char *)data, size, &spec, &again_err) == 0);
	FUZZ_CHECK(spec.uid == fresh.uid && spec.n_groups == fresh.n_groups &&
		   !memcmp(&spec.caps, &fresh.caps, sizeof(spec.caps)));
	check(&spec);
	return 0;
}
