// Package v1alpha1 holds the API of the group fedroute.io: LyncTopology, which
// says how to reach one Lync Server or Skype for Business Server organization,
// and FederationRoute, which says which Edge pool hosts its federation.
//
// +kubebuilder:object:generate=true
// +groupName=fedroute.io
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupVersion is fedroute.io/v1alpha1.
var GroupVersion = schema.GroupVersion{Group: "fedroute.io", Version: "v1alpha1"}

// AddToScheme registers the kinds of this package.
func AddToScheme(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&FederationRoute{}, &FederationRouteList{},
		&LyncTopology{}, &LyncTopologyList{})
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
