package status

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/plan"
)

// tellCandidates sets the condition of the pools that federation may be led to one day, or
// removes it where partners would accept all of them. Whoever learns of a bad certificate
// only when he fails over has no pool to fail over to.
func (c conditions) tellCandidates(f Facts) {
	var faults, unknown []string
	for _, a := range plan.Acceptances(f.Desired, f.Observed) {
		if len(a.Faults) > 0 {
			faults = append(faults, "partners would refuse "+a.Pool+" if federation moved there: "+strings.Join(a.Faults, "; "))
		}
		if len(a.Unknown) > 0 {
			unknown = append(unknown, "whether partners would accept "+a.Pool+" is not proven: "+strings.Join(a.Unknown, "; "))
		}
	}
	state, next := metav1.ConditionTrue, "; assign a certificate with every name on all machines of the pool (Set-CsCertificate -Type AccessEdgeExternal) and restart their services"
	switch {
	case len(faults)+len(unknown) == 0:
		meta.RemoveStatusCondition(c.list, v1alpha1.ConditionStandbyMayBeRefused)
		return
	case len(faults) == 0:
		state, next = metav1.ConditionUnknown, "; see to it that the certificates can be read before federation has to move"
	}
	c.set(v1alpha1.ConditionStandbyMayBeRefused, state, v1alpha1.ReasonStandbyMayBeRefused, strings.Join(append(faults, unknown...), "; ")+"; nothing waits for it now"+next)
}

// exceptCertificates says of pools that are kept prepared that their certificates are told
// elsewhere; "" where these are well.
func exceptCertificates(f Facts) string {
	for _, a := range plan.Acceptances(f.Desired, f.Observed) {
		if f.Desired.Prepares(a.Pool) && len(a.Faults)+len(a.Unknown) > 0 {
			return ", but for certificates: see the condition " + v1alpha1.ConditionStandbyMayBeRefused
		}
	}
	return ""
}
