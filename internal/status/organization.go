package status

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// Organization is what shows whether two LyncTopologies describe one organization.
type Organization struct {
	twin   bool
	domain string   // the default SIP domain
	sites  []string // the names of the central sites, in one order
}

// OrganizationOf gives the organization that the LyncTopology described when its status was
// written.
func OrganizationOf(lt *v1alpha1.LyncTopology) Organization {
	o := Organization{twin: lt.Spec.Twin, domain: strings.ToLower(lt.Status.DefaultDomain)}
	for _, site := range lt.Status.Sites {
		o.sites = append(o.sites, strings.ToLower(site.Name))
	}
	slices.Sort(o.sites)
	return o
}

// Same reports whether both are one organization: the default SIP domain and the names of
// the central sites are the same. A twin has the names of another on purpose, and what was
// not seen yet is the same as nothing.
func (o Organization) Same(other Organization) bool {
	return !o.twin && !other.twin && o.domain != "" && o.domain == other.domain && len(o.sites) > 0 && slices.Equal(o.sites, other.sites)
}

// shared is what the condition says. It names nobody: the other may be somebody else's.
const shared = "another LyncTopology that this manager serves describes an organization with the same default SIP domain and the same central sites; " +
	"routes of both may undo each other's changes, and what is changed back again and again is left (Contested); keep one of the two, or set spec.twin where it describes a copy"

// share sets or removes the condition that another LyncTopology describes the same
// organization.
func (c conditions) share(with bool) {
	message := ""
	if with {
		message = shared
	}
	c.tell(v1alpha1.ConditionSharedOrganization, v1alpha1.ReasonSharedOrganization, message)
}

// shareEvents gives an event when another LyncTopology has come to describe the same
// organization.
func shareEvents(previous, next []metav1.Condition) []Event {
	if !meta.IsStatusConditionTrue(next, v1alpha1.ConditionSharedOrganization) || meta.IsStatusConditionTrue(previous, v1alpha1.ConditionSharedOrganization) {
		return nil
	}
	return []Event{{corev1.EventTypeWarning, v1alpha1.ReasonSharedOrganization, "ReadTopology", clip(shared)}}
}
