package docs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// TestRightsAreExplained checks that the page gives a reason for every right that
// config/rbac grants, and for no other.
func TestRightsAreExplained(t *testing.T) {
	granted := map[string][]string{} // verbs by resource
	for text := range strings.SplitSeq(page(t, "config/rbac/role.yaml"), "\n---\n") {
		var role rbacv1.Role // the rules of a ClusterRole have the same form
		if err := yaml.Unmarshal([]byte(text), &role); err != nil {
			t.Fatal(err)
		}
		for _, rule := range role.Rules {
			for _, resource := range rule.Resources {
				granted[resource] = append(granted[resource], rule.Verbs...)
			}
		}
	}
	if len(granted) < 5 {
		t.Fatalf("only %v is granted; the reading is broken", granted)
	}
	explained := map[string][]string{}
	for _, r := range rows(section(t, page(t, "docs/install.md"), "## What the manager may")) {
		for _, resource := range codes(r[0]) {
			explained[resource] = append(explained[resource], codes(r[1])...)
		}
	}
	for _, verbs := range []map[string][]string{granted, explained} {
		for resource := range verbs {
			slices.Sort(verbs[resource])
			verbs[resource] = slices.Compact(verbs[resource])
		}
	}
	if diff := cmp.Diff(granted, explained); diff != "" {
		t.Errorf("rights of the manager (-config/rbac +page):\n%s", diff)
	}
}
