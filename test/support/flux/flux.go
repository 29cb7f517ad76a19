// Package flux applies, waits and prunes as Flux does: with its library, and with the
// options that kustomize-controller gives to it (internal/controller/
// kustomization_controller.go of that project: apply, prune and checkHealth).
package flux

import (
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const controller = "kustomize-controller"

// NewManager makes the manager that Flux makes for each Kustomization.
func NewManager(c client.Client) *ssa.ResourceManager {
	poller := polling.NewStatusPoller(c, c.RESTMapper(), polling.Options{})
	return ssa.NewResourceManager(c, poller, ssa.Owner{Field: controller, Group: "kustomize.toolkit.fluxcd.io"})
}

// ApplyOptions are those of each apply. Flux takes over the fields of these managers; the
// name kubectl stands for each name that begins with it.
func ApplyOptions() ssa.ApplyOptions {
	o := ssa.DefaultApplyOptions()
	o.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{corev1.LastAppliedConfigAnnotation},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: controller, OperationType: metav1.ManagedFieldsOperationUpdate},
		},
	}
	return o
}

// WaitOptions are those of the wait that wait: true asks for.
func WaitOptions(timeout time.Duration) ssa.WaitOptions {
	return ssa.WaitOptions{Interval: 5 * time.Second, Timeout: timeout, FailFast: true}
}

// DeleteOptions are those of a prune. Only what has the labels of the Kustomization is
// deleted.
func DeleteOptions(m *ssa.ResourceManager, name, namespace string) ssa.DeleteOptions {
	return ssa.DeleteOptions{PropagationPolicy: metav1.DeletePropagationBackground, Inclusions: m.GetOwnerLabels(name, namespace)}
}
