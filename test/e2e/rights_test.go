//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// right is one verb on one kind of object, either granted or used. In a used right an empty
// namespace means a cluster-wide request. In a granted right it means every namespace.
type right struct{ namespace, group, resource, verb string }

func (r right) String() string {
	where := "everywhere"
	if r.namespace != "" {
		where = "in " + r.namespace
	}
	return strings.TrimSuffix(fmt.Sprintf("%s %s.%s", r.verb, r.resource, r.group), ".") + " " + where
}

// covers reports whether the granted right allows the used one.
func (r right) covers(used right) bool {
	if r.namespace == "" {
		r.namespace = used.namespace
	}
	return r == used
}

// unneeded are the rights that a day like the suite's may not need, by group,
// resource and verb, each with the reason why it is granted.
var unneeded = map[right]string{
	{"", "events.k8s.io", "events", "patch"}:        "an event that is told again within six minutes becomes a count on the first",
	{"", "", "events", "patch"}:                     "so does what the election tells again after a lease was lost and won back",
	{"", "fedroute.io", "federationroutes", "list"}: streamed,
	{"", "fedroute.io", "lynctopologies", "list"}:   streamed,
}

const streamed = "an API server that cannot begin a watch with what is there (sendInitialEvents) is asked for a list"

// sameRights compares the rights that the account used with those that it was granted.
func sameRights(t *testing.T, a *corev1.ServiceAccount) {
	t.Helper()
	used, refused := asked(t, a)
	granted := grants(t, a)
	if len(used) < 8 {
		t.Errorf("the audit log has only %v of %s; the reading is broken", used, user(a))
	}
	for _, r := range refused {
		t.Errorf("used and not granted: %s", r)
	}
	for _, u := range used {
		if !slices.ContainsFunc(granted, func(g right) bool { return g.covers(u) }) {
			t.Errorf("used and granted by something else than the install: %s", u)
		}
	}
	explained := map[right]bool{}
	for _, g := range granted {
		needed := slices.ContainsFunc(used, g.covers)
		general := g
		general.namespace = ""
		reason, known := unneeded[general]
		explained[general] = true
		if !needed && !known {
			t.Errorf("granted and not used: %s", g)
		}
		t.Logf("%-60s used %-5t %s", g, needed, reason)
	}
	for r := range unneeded {
		if !explained[r] {
			t.Errorf("explained and not granted: %s", r)
		}
	}
}

// asked reads the audit log, which hack/controlplane writes to its folder. It returns the
// account's requests for objects, and those of all its requests that were refused, each
// once.
func asked(t *testing.T, a *corev1.ServiceAccount) (used []right, refused []string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(folder, "audit.log"))
	must(t, err)
	log = log[:bytes.LastIndexByte(log, '\n')+1] // the last line may still be being written
	for line := range bytes.Lines(log) {
		var e struct {
			Verb, RequestURI string
			User             struct{ Username string }
			ObjectRef        *struct{ Namespace, APIGroup, Resource, Subresource string }
			ResponseStatus   struct{ Code int }
		}
		must(t, json.Unmarshal(line, &e))
		if e.User.Username != user(a) {
			continue
		}
		if e.ResponseStatus.Code == 401 || e.ResponseStatus.Code == 403 {
			refused = append(refused, e.Verb+" "+e.RequestURI)
		}
		if o := e.ObjectRef; o != nil {
			used = append(used, right{o.Namespace, o.APIGroup, strings.TrimSuffix(o.Resource+"/"+o.Subresource, "/"), e.Verb})
		}
	}
	slices.SortFunc(used, func(a, b right) int { return strings.Compare(a.String(), b.String()) })
	slices.Sort(refused)
	return slices.Compact(used), slices.Compact(refused)
}

// grants lists the rights in the roles that are bound to the account. It leaves out
// requests that every client may make, such as the list of kinds.
func grants(t *testing.T, a *corev1.ServiceAccount) []right {
	t.Helper()
	var wide rbacv1.ClusterRoleBindingList
	var narrow rbacv1.RoleBindingList
	must(t, objects.List(t.Context(), &wide))
	must(t, objects.List(t.Context(), &narrow))
	var out []right
	for _, b := range wide.Items {
		if binds(b.Subjects, a) {
			out = append(out, rules(t, "", b.RoleRef)...)
		}
	}
	for _, b := range narrow.Items {
		if binds(b.Subjects, a) {
			out = append(out, rules(t, b.Namespace, b.RoleRef)...)
		}
	}
	return out
}

func binds(subjects []rbacv1.Subject, a *corev1.ServiceAccount) bool {
	return slices.ContainsFunc(subjects, func(s rbacv1.Subject) bool {
		return s.Kind == rbacv1.ServiceAccountKind && s.Namespace == a.Namespace && s.Name == a.Name
	})
}

// rules lists what a role grants in a namespace.
func rules(t *testing.T, namespace string, ref rbacv1.RoleRef) []right {
	t.Helper()
	var all []rbacv1.PolicyRule
	if ref.Kind == "ClusterRole" {
		var role rbacv1.ClusterRole
		must(t, objects.Get(t.Context(), client.ObjectKey{Name: ref.Name}, &role))
		all = role.Rules
	} else {
		var role rbacv1.Role
		must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: ref.Name}, &role))
		all = role.Rules
	}
	var out []right
	for _, rule := range all {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				for _, verb := range rule.Verbs {
					out = append(out, right{namespace, group, resource, verb})
				}
			}
		}
	}
	return out
}
