package main

import (
	"encoding/json"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// fieldManager is the name under which the API server records who wrote a field. By
// default that is the name of the program, kubectl-fedroute. Before Flux applies an
// object, it takes over every field of a manager whose name begins with kubectl
// (kustomize-controller names kubectl, before-first-apply and its own name,
// fluxcd/pkg/ssa/patch.go compares by strings.HasPrefix). It then deletes those of the
// fields that Git does not have: a suspend or an approval in the middle of a failover.
const fieldManager = "fedroute-plugin"

// edit is a person's decision about a route, as a merge patch. It names each value that
// it writes. A patch computed from Go structs would delete a field that is set to its
// zero value, and with the field the value that Git holds.
type edit struct {
	Metadata struct {
		ResourceVersion string            `json:"resourceVersion"`
		Annotations     map[string]string `json:"annotations,omitempty"`
	} `json:"metadata"`
	Spec map[string]any `json:"spec,omitempty"`
}

// decide is an edit of one field of the spec.
func decide(field string, value any) edit { return edit{Spec: map[string]any{field: value}} }

// ask is an edit of one annotation.
func ask(annotation, value string) edit {
	e := edit{}
	e.Metadata.Annotations = map[string]string{annotation: value}
	return e
}

// write sends the edit. It fails when the route has changed since it was read.
func (e edit) write(c *cobra.Command, api client.Client, route *v1alpha1.FederationRoute) error {
	e.Metadata.ResourceVersion = route.ResourceVersion
	patch, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return api.Patch(c.Context(), route, client.RawPatch(types.MergePatchType, patch), client.FieldOwner(fieldManager))
}
