package main

import (
	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	flowcontrol "k8s.io/api/flowcontrol/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/server/storage"
	controlplane "k8s.io/kubernetes/pkg/controlplane/apiserver"

	// Each import makes the kinds of one group known to the scheme.
	_ "k8s.io/kubernetes/pkg/apis/admission/install"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/authentication/install"
	_ "k8s.io/kubernetes/pkg/apis/authorization/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install" // Scale, a subresource of Deployments
	_ "k8s.io/kubernetes/pkg/apis/certificates/install"
	_ "k8s.io/kubernetes/pkg/apis/coordination/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/events/install"
	_ "k8s.io/kubernetes/pkg/apis/flowcontrol/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

// resources are the groups that this API server has, each in its stable version.
// They are the groups that installing, running and monitoring an operator needs.
// autoscaling, batch, node, resource, scheduling and storage are left out, because
// no operator here needs them and compiling them takes minutes.
func resources() *storage.ResourceConfig {
	c := storage.NewResourceConfig()
	c.EnableVersions(
		admissionregistration.SchemeGroupVersion,
		apps.SchemeGroupVersion,
		authentication.SchemeGroupVersion,
		authorization.SchemeGroupVersion,
		certificates.SchemeGroupVersion,
		coordination.SchemeGroupVersion,
		core.SchemeGroupVersion,
		discovery.SchemeGroupVersion,
		events.SchemeGroupVersion,
		flowcontrol.SchemeGroupVersion,
		networking.SchemeGroupVersion,
		policy.SchemeGroupVersion,
		rbac.SchemeGroupVersion,
	)
	return c
}

// priorities order the groups in discovery. The numbers are kube-apiserver's own.
func priorities() map[schema.GroupVersion]controlplane.APIServicePriority {
	p := controlplane.DefaultGenericAPIServicePriorities()
	p[apps.SchemeGroupVersion] = controlplane.APIServicePriority{Group: 17800, Version: 15}
	p[networking.SchemeGroupVersion] = controlplane.APIServicePriority{Group: 17200, Version: 15}
	p[policy.SchemeGroupVersion] = controlplane.APIServicePriority{Group: 17100, Version: 15}
	return p
}
