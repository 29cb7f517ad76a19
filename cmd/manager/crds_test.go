package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// TestWithoutCRDsTheManagerSaysWhatToDo: whoever starts the manager right after, or before, the
// CRDs were applied is told so.
func TestWithoutCRDsTheManagerSaysWhatToDo(t *testing.T) {
	kind := v1alpha1.GroupVersion.WithKind("LyncTopology")
	for name, c := range map[string]struct {
		reason string
		err    error
		says   string
	}{
		"kind unknown": {"the API server names a kind, and no way out", fmt.Errorf("watch: %w", &meta.NoKindMatchError{GroupKind: kind.GroupKind(), SearchedVersions: []string{kind.Version}}), "apply config/crd"},
		"other error":  {"it has nothing to do with CRDs", errors.New("connection refused"), "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			got := withoutCRDs(c.err)
			if !errors.Is(got, c.err) || !strings.Contains(got.Error(), c.says) || c.says != "apply config/crd" && strings.Contains(got.Error(), "config/crd") {
				t.Errorf("%s: %v, want %v saying %q", c.reason, got, c.err, c.says)
			}
		})
	}
}
