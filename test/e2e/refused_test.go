//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestAManagerWithoutRights runs a manager that may not read its objects. It is alive and
// not ready, ends when it is told to, and goes on once it has the rights.
func TestAManagerWithoutRights(t *testing.T) {
	a := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "stranger"}}
	must(t, objects.Create(t.Context(), a))
	d := deployed(t, everywhere)
	d.Namespace, d.Spec.Template.Spec.ServiceAccountName = a.Namespace, a.Name
	refused := start(t, d)
	waits := start(t, d)
	for _, p := range []*pod{refused, waits} {
		eventually(t, "the API server refuses a list", func() bool { return strings.Contains(p.log.String(), "forbidden") })
		if !p.alive() {
			t.Error("the manager is not alive: the kubelet would restart it, which grants no rights")
		}
		if p.ready() {
			t.Error("the manager is ready and has not read an object")
		}
	}
	refused.stops(t, "forbidden")

	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "stranger"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "fedroute-manager"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: a.Namespace, Name: a.Name}}}
	must(t, objects.Create(t.Context(), binding))
	eventually(t, "the manager is ready once it may list", waits.ready)
	eventually(t, "the log tells that it may not have the lease", func() bool { return strings.Contains(waits.log.String(), "leases.coordination.k8s.io") })
	waits.stops(t, "without the right to a lease")
}
