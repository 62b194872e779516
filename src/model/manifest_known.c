/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names that Kubernetes has beside those of the table of fields. They say nothing of the kernel's side of
 * a container and are not looked into; they stand here so that only what really is unknown is called so.
 */
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/manifest_reader.h"

static const char *const root_names[] = {"apiVersion", "kind", "metadata", "spec", "status", NULL};

static const char *const metadata_names[] = {"generateName", "selfLink", "uid", "resourceVersion",
	"generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
	"ownerReferences", "finalizers", "clusterName", "managedFields", NULL};

static const char *const spec_names[] = {"containers", "initContainers", "ephemeralContainers",
	"securityContext", "volumes", "restartPolicy", "terminationGracePeriodSeconds",
	"activeDeadlineSeconds", "dnsPolicy", "dnsConfig", "nodeSelector", "nodeName", "serviceAccountName",
	"serviceAccount", "automountServiceAccountToken", "imagePullSecrets", "subdomain",
	"setHostnameAsFQDN", "hostnameOverride", "affinity", "schedulerName", "schedulingGates",
	"schedulingGroup", "tolerations", "hostAliases", "priorityClassName", "priority", "readinessGates",
	"runtimeClassName", "enableServiceLinks", "preemptionPolicy", "overhead", "topologySpreadConstraints",
	"os", "resourceClaims", "resources", "workloadRef", NULL};

static const char *const container_names[] = {"securityContext", "ports", "envFrom", "resources",
	"resizePolicy", "restartPolicy", "restartPolicyRules", "volumeMounts", "volumeDevices",
	"livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "terminationMessagePath",
	"terminationMessagePolicy", "imagePullPolicy", "stdinOnce", "targetContainerName", NULL};

/* of all the kinds together */
static const char *const workload_names[] = {"template", "jobTemplate", "selector", "replicas", "strategy",
	"updateStrategy", "minReadySeconds", "revisionHistoryLimit", "paused", "progressDeadlineSeconds",
	"volumeClaimTemplates", "serviceName", "podManagementPolicy", "persistentVolumeClaimRetentionPolicy",
	"ordinals", "parallelism", "completions", "activeDeadlineSeconds", "podFailurePolicy",
	"successPolicy", "backoffLimit", "backoffLimitPerIndex", "maxFailedIndexes", "manualSelector",
	"ttlSecondsAfterFinished", "completionMode", "suspend", "podReplacementPolicy", "managedBy",
	"schedule", "timeZone", "startingDeadlineSeconds", "concurrencyPolicy", "successfulJobsHistoryLimit",
	"failedJobsHistoryLimit", NULL};

static const char *const no_names[] = {NULL};

const char *const *manifest_known(unsigned int level)
{
	switch (level) {
	case MANIFEST_ROOT:
		return root_names;
	case MANIFEST_METADATA:
		return metadata_names;
	case MANIFEST_SPEC:
		return spec_names;
	case MANIFEST_CONTAINER:
		return container_names;
	case MANIFEST_WORKLOAD:
		return workload_names;
	}
	return no_names;
}

bool manifest_is_known(unsigned int levels, const char *name)
{
	for (unsigned int bit = 1; bit <= MANIFEST_WORKLOAD; bit <<= 1) {
		if (!(levels & bit))
			continue;
		for (const char *const *known = manifest_known(bit); *known; known++)
			if (!strcmp(*known, name))
				return true;
		if (bit < MANIFEST_ROOT && !strchr(name, '.') &&
			manifest_field(name, (enum manifest_level)bit))
			return true;
	}
	return false;
}
