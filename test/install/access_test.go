package install_test

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// deployed is the one Deployment of the install.
func deployed(t *testing.T) *appsv1.Deployment {
	t.Helper()
	var all appsv1.DeploymentList
	must(t, objects.List(t.Context(), &all))
	if len(all.Items) != 1 {
		t.Fatalf("the install has %d Deployments, want 1", len(all.Items))
	}
	return &all.Items[0]
}

// account is the one that the Deployment's pods have. It exists.
func account(t *testing.T) *corev1.ServiceAccount {
	t.Helper()
	d := deployed(t)
	var a corev1.ServiceAccount
	must(t, objects.Get(t.Context(), client.ObjectKey{Namespace: d.Namespace, Name: d.Spec.Template.Spec.ServiceAccountName}, &a))
	return &a
}

// own stands for the namespace of the install.
const own = "(own)"

// TestTheAccountMayWhatTheManagerDoes asks the API server for the account of the
// rendered Deployment.
func TestTheAccountMayWhatTheManagerDoes(t *testing.T) {
	a := account(t)
	cases := []struct {
		reason          string
		group, resource string
		namespace       string // empty: all
		verbs           []string
		may             bool
	}{
		{"routes are cached", "fedroute.io", "federationroutes", "", []string{"list", "watch"}, true},
		{"topologies are cached", "fedroute.io", "lynctopologies", "", []string{"list", "watch"}, true},
		{"what a route came to is told", "fedroute.io", "federationroutes/status", "contoso", []string{"patch"}, true},
		{"what was seen of an organization is told", "fedroute.io", "lynctopologies/status", "contoso", []string{"patch"}, true},
		{"a named Secret is read, uncached", "", "secrets", "contoso", []string{"get"}, true},
		{"events of objects", "events.k8s.io", "events", "contoso", []string{"create", "patch"}, true},
		{"one of several managers works", "coordination.k8s.io", "leases", own, []string{"get", "create", "update"}, true},
		{"leader election tells of it by the older API", "", "events", own, []string{"create", "patch"}, true},

		{"nobody lists passwords", "", "secrets", "", []string{"list", "watch"}, false},
		{"nor changes them", "", "secrets", "contoso", []string{"create", "update", "patch", "delete"}, false},
		{"a spec is a person's", "fedroute.io", "federationroutes", "contoso", []string{"create", "update", "patch", "delete"}, false},
		{"a spec is a person's", "fedroute.io", "lynctopologies", "contoso", []string{"create", "update", "patch", "delete"}, false},
		{"the leases of others are theirs", "coordination.k8s.io", "leases", "kube-system", []string{"get", "create", "update"}, false},
		{"nor are their events", "", "events", "contoso", []string{"create", "patch"}, false},
		{"it does not give itself rights", "rbac.authorization.k8s.io", "clusterrolebindings", "", []string{"create", "update", "patch", "escalate", "bind"}, false},
	}
	for _, c := range cases {
		for _, verb := range c.verbs {
			if got := may(t, a, verb, c.group, c.resource, c.namespace); got != c.may {
				t.Errorf("%s: %s/%s may %s %s.%s in %q: %t, want %t", c.reason, a.Namespace, a.Name, verb, c.resource, c.group, c.namespace, got, c.may)
			}
		}
	}
}

// may asks the API server.
func may(t *testing.T, a *corev1.ServiceAccount, verb, group, resource, namespace string) bool {
	t.Helper()
	if namespace == own {
		namespace = a.Namespace
	}
	resource, sub, _ := strings.Cut(resource, "/")
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:   "system:serviceaccount:" + a.Namespace + ":" + a.Name,
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + a.Namespace, "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: verb, Group: group, Resource: resource, Subresource: sub,
			Namespace: namespace},
	}}
	must(t, objects.Create(t.Context(), review))
	return review.Status.Allowed
}

// TestWhatSelectsTheManagerFindsIt: the metrics Service, the disruption budget and
// the network policy are about the pods of the Deployment.
func TestWhatSelectsTheManagerFindsIt(t *testing.T) {
	d := deployed(t)
	var services corev1.ServiceList
	var budgets policyv1.PodDisruptionBudgetList
	var policies networkingv1.NetworkPolicyList
	selectors := map[string]labels.Selector{}
	for _, list := range []client.ObjectList{&services, &budgets, &policies} {
		must(t, objects.List(t.Context(), list, client.InNamespace(d.Namespace)))
	}
	for _, s := range services.Items {
		selectors["Service "+s.Name] = labels.SelectorFromSet(s.Spec.Selector)
	}
	add := func(name string, selector *metav1.LabelSelector) {
		s, err := metav1.LabelSelectorAsSelector(selector)
		must(t, err)
		selectors[name] = s
	}
	for _, b := range budgets.Items {
		add("PodDisruptionBudget "+b.Name, b.Spec.Selector)
	}
	for _, p := range policies.Items {
		add("NetworkPolicy "+p.Name, &p.Spec.PodSelector)
	}
	if len(selectors) != 3 {
		t.Errorf("%d objects select pods in namespace %s, want 3: %v", len(selectors), d.Namespace, selectors)
	}
	for name, s := range selectors {
		if s.Empty() || !s.Matches(labels.Set(d.Spec.Template.Labels)) {
			t.Errorf("%s selects %q, the manager's pods are %v", name, s, d.Spec.Template.Labels)
		}
	}
}
