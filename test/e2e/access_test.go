//go:build e2e

package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// own stands for the namespace of the installation.
const own = "(own)"

// TestTheAccountMayWhatTheManagerDoes asks the API server for the account of
// config/default.
func TestTheAccountMayWhatTheManagerDoes(t *testing.T) {
	a := account(t, deployed(t, everywhere))
	cases := []struct {
		reason          string
		group, resource string
		namespace       string // empty: all
		verbs           []string
		may             bool
	}{
		{"routes are cached", "fedroute.io", "federationroutes", "", []string{"list", "watch"}, true},
		{"topologies are cached", "fedroute.io", "lynctopologies", "", []string{"list", "watch"}, true},
		{"an object waits for its run", "fedroute.io", "federationroutes", "contoso", []string{"patch"}, true},
		{"an object waits for its run", "fedroute.io", "lynctopologies", "contoso", []string{"patch"}, true},
		{"what a route came to is told", "fedroute.io", "federationroutes/status", "contoso", []string{"patch"}, true},
		{"what was seen of an organization is told", "fedroute.io", "lynctopologies/status", "contoso", []string{"patch"}, true},
		{"a named Secret is read, uncached", "", "secrets", "contoso", []string{"get"}, true},
		{"events of objects", "events.k8s.io", "events", "contoso", []string{"create", "patch"}, true},
		{"one of several managers works", "coordination.k8s.io", "leases", own, []string{"get", "create", "update"}, true},
		{"leader election tells of it by the older API", "", "events", own, []string{"create", "patch"}, true},

		{"nobody lists passwords", "", "secrets", "", []string{"list", "watch"}, false},
		{"nor changes them", "", "secrets", "contoso", []string{"create", "update", "patch", "delete"}, false},
		{"an object is a person's", "fedroute.io", "federationroutes", "contoso", []string{"create", "update", "delete"}, false},
		{"an object is a person's", "fedroute.io", "lynctopologies", "contoso", []string{"create", "update", "delete"}, false},
		{"the leases of others are theirs", "coordination.k8s.io", "leases", "kube-system", []string{"get", "create", "update"}, false},
		{"nor are their events", "", "events", "contoso", []string{"create", "patch"}, false},
		{"it does not give itself rights", "rbac.authorization.k8s.io", "clusterrolebindings", "", []string{"create", "update", "patch", "escalate", "bind"}, false},
	}
	for _, c := range cases {
		for _, verb := range c.verbs {
			if got := may(t, a, verb, c.group, c.resource, c.namespace); got != c.may {
				t.Errorf("%s: %s may %s %s.%s in %q: %t, want %t", c.reason, user(a), verb, c.resource, c.group, c.namespace, got, c.may)
			}
		}
	}
}

// TestTheNamespacedAccountMayNothingElsewhere checks that config/namespaced grants, in its
// own namespace only, the rights that config/default grants mostly everywhere.
func TestTheNamespacedAccountMayNothingElsewhere(t *testing.T) {
	narrow := account(t, deployed(t, inside))
	var wide, has []string
	for _, g := range grants(t, account(t, deployed(t, everywhere))) {
		g.namespace = inside
		wide = append(wide, g.String())
	}
	for _, g := range grants(t, narrow) {
		has = append(has, g.String())
		for namespace, want := range map[string]bool{inside: true, "default": false, everywhere: false, "": false} {
			if got := may(t, narrow, g.verb, g.group, g.resource, namespace); got != want {
				t.Errorf("%s may %s %s.%s in %q: %t, want %t", user(narrow), g.verb, g.resource, g.group, namespace, got, want)
			}
		}
	}
	slices.Sort(wide)
	slices.Sort(has)
	if diff := cmp.Diff(wide, has); diff != "" {
		t.Errorf("rights (-config/default, as if all were of one namespace +config/namespaced):\n%s", diff)
	}
}

// may asks the API server whether the account has the right.
func may(t *testing.T, a *corev1.ServiceAccount, verb, group, resource, namespace string) bool {
	t.Helper()
	if namespace == own {
		namespace = a.Namespace
	}
	resource, sub, _ := strings.Cut(resource, "/")
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:   user(a),
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + a.Namespace, "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: group, Resource: resource, Subresource: sub,
			Namespace: namespace},
	}}
	must(t, objects.Create(t.Context(), review))
	return review.Status.Allowed
}

// TestWhatSelectsTheManagerFindsIt checks that in each variant the metrics Service, the
// disruption budget and the network policy select the pods of the Deployment.
func TestWhatSelectsTheManagerFindsIt(t *testing.T) {
	for _, namespace := range []string{everywhere, inside} {
		d := deployed(t, namespace)
		all := selectors(t, namespace)
		if len(all) != 3 {
			t.Errorf("%d objects select pods in namespace %s, want 3: %v", len(all), namespace, all)
		}
		for name, s := range all {
			if s.Empty() || !s.Matches(labels.Set(d.Spec.Template.Labels)) {
				t.Errorf("%s in namespace %s selects %q, the manager's pods are %v", name, namespace, s, d.Spec.Template.Labels)
			}
		}
	}
	for name, s := range selectors(t, inside) {
		if other := (labels.Set{"app.kubernetes.io/component": "manager"}); s.Matches(other) {
			t.Errorf("%s selects pods of other programs of its namespace: %q matches %v", name, s, other)
		}
	}
}

// selectors are the pod selectors of a namespace, by kind and name.
func selectors(t *testing.T, namespace string) map[string]labels.Selector {
	t.Helper()
	var services corev1.ServiceList
	var budgets policyv1.PodDisruptionBudgetList
	var policies networkingv1.NetworkPolicyList
	out := map[string]labels.Selector{}
	for _, list := range []client.ObjectList{&services, &budgets, &policies} {
		must(t, objects.List(t.Context(), list, client.InNamespace(namespace)))
	}
	for _, s := range services.Items {
		out["Service "+s.Name] = labels.SelectorFromSet(s.Spec.Selector)
	}
	add := func(name string, selector *metav1.LabelSelector) {
		s, err := metav1.LabelSelectorAsSelector(selector)
		must(t, err)
		out[name] = s
	}
	for _, b := range budgets.Items {
		add("PodDisruptionBudget "+b.Name, b.Spec.Selector)
	}
	for _, p := range policies.Items {
		add("NetworkPolicy "+p.Name, &p.Spec.PodSelector)
	}
	return out
}

// TestPodsAreAdmitted makes the pods of the Deployment. The namespace of config/default
// enforces the restricted Pod Security Standard, which is checked only when a pod is made.
func TestPodsAreAdmitted(t *testing.T) {
	for _, variant := range []string{everywhere, inside} {
		template := deployed(t, variant).Spec.Template
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: everywhere, Name: "admitted-" + variant, Labels: template.Labels}, Spec: template.Spec}
		if err := objects.Create(t.Context(), p, client.DryRunAll); err != nil {
			t.Errorf("a pod of namespace %s is refused: %v", variant, err)
		}
		p.ResourceVersion, p.UID, p.Spec.SecurityContext = "", "", nil
		if err := objects.Create(t.Context(), p, client.DryRunAll); !apierrors.IsForbidden(err) {
			t.Errorf("a pod that may run as root is not refused: %v", err)
		}
	}
}
