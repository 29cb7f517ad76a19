package apistore

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/admission"
)

// lifecycle admits objects only to namespaces that are there and stay, as the API server's
// plugin of that name does.
type lifecycle struct{ revisions *revisions }

var _ admission.MutationInterface = lifecycle{}

func (lifecycle) Handles(o admission.Operation) bool { return o == admission.Create }

func (l lifecycle) Admit(_ context.Context, a admission.Attributes, _ admission.ObjectInterfaces) error {
	if a.GetNamespace() == "" || a.GetKind().Kind == "Namespace" {
		return nil
	}
	in, _ := l.revisions.get(keyOf(corev1.Resource("namespaces"), "", a.GetNamespace()))
	if in == nil {
		return apierrors.NewNotFound(corev1.Resource("namespaces"), a.GetNamespace())
	}
	if in.GetDeletionTimestamp() == nil {
		return nil
	}
	err := apierrors.NewForbidden(a.GetResource().GroupResource(), a.GetName(),
		fmt.Errorf("unable to create new content in namespace %s because it is being terminated", a.GetNamespace()))
	err.ErrStatus.Details.Causes = append(err.ErrStatus.Details.Causes, metav1.StatusCause{Type: corev1.NamespaceTerminatingCause,
		Message: fmt.Sprintf("namespace %s is being terminated", a.GetNamespace()), Field: "metadata.namespace"})
	return err
}
