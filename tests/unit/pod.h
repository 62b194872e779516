/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading manifests from text.
 */
#ifndef POD_H
#define POD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/caps.h"
#include "model/manifest.h"

#define HEAD "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n"
#define BODY "  containers:\n  - name: c\n    image: x\n"

static inline void parse(const char *text, struct manifest *manifest)
{
	CLEANUP_ERR struct err err = {0};

	if (manifest_parse("pod.yaml", text, strlen(text), manifest, &err))
		fail_msg("%s\n%s", text, err.message);
}

static inline void refuse(const char *text, const char *message, const char *hint)
{
	CLEANUP_ERR struct err err = {0};
	struct manifest manifest;

	if (!manifest_parse("pod.yaml", text, strlen(text), &manifest, &err))
		fail_msg("accepted: %s", text);
	assert_null(manifest.pods);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.message, message);
	if (hint)
		assert_string_equal(err.hint ? err.hint : "(none)", hint);
}

static inline const struct manifest_remark *remark_at(const struct manifest_pod *pod, unsigned int line)
{
	for (size_t i = 0; i < pod->n_remarks; i++)
		if (pod->remarks[i].line == line)
			return &pod->remarks[i];
	fail_msg("no remark on line %u", line);
	return NULL;
}

#endif
