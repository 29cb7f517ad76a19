package controllers

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

func TestEndpointsOfAnOrganization(t *testing.T) {
	lt := lyncTopology()
	lt.Spec.CABundle = "no certificate at all"
	lt.Spec.Management.Endpoints = append(lt.Spec.Management.Endpoints, v1alpha1.ManagementEndpoint{Delegate: true,
		Endpoint: v1alpha1.Endpoint{URL: "https://10.0.0.2/wsman", ServerName: "fe2.contoso.com", Configuration: "FedRoute", SPN: "WSMAN/fe2.contoso.com"}})
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Configuration: "FedRoute", Overrides: []v1alpha1.EdgeServerOverride{
		{FQDN: "edge1.contoso.com", URL: "https://10.0.0.7:5986/wsman", ServerName: "edge1.contoso.com", Configuration: "Other"},
		{FQDN: "edge2.contoso.com", OutOfService: true}}}
	c := fleetConfig(lt, newStage(t).topologies.options)
	management := []remote.Endpoint{{URL: "https://fe1.contoso.com:5986/wsman"},
		{URL: "https://10.0.0.2/wsman", ServerName: "fe2.contoso.com", Configuration: "FedRoute", SPN: "WSMAN/fe2.contoso.com", Delegate: true}}
	if diff := cmp.Diff(management, c.Management, cmpopts.IgnoreFields(remote.Endpoint{}, "Roots")); diff != "" {
		t.Errorf("management endpoints are not those of the spec, in its order (-want +got):\n%s", diff)
	}
	cases := map[string]struct {
		reason  string
		machine string
		want    remote.Endpoint
	}{
		"overridden":       {"the override says where, and messages name the machine", "Edge1.contoso.com", remote.Endpoint{URL: "https://10.0.0.7:5986/wsman", Machine: "edge1.contoso.com", ServerName: "edge1.contoso.com", Configuration: "Other"}},
		"otherwise listed": {"an override without URL changes nothing about it", "edge2.contoso.com", remote.Endpoint{URL: "https://edge2.contoso.com:5986/wsman", Machine: "edge2.contoso.com", Configuration: "FedRoute"}},
		"not listed":       {"the default is the machine's own name", "EDGE3.contoso.com", remote.Endpoint{URL: "https://edge3.contoso.com:5986/wsman", Configuration: "FedRoute"}},
	}
	for name, look := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.EdgeServer(look.machine)
			if diff := cmp.Diff(look.want, got, cmpopts.IgnoreFields(remote.Endpoint{}, "Roots")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", look.reason, diff)
			}
			if got.Roots == nil {
				t.Errorf("%s: a bundle without certificates must trust nobody, and not whom the system trusts", look.reason)
			}
		})
	}
	if rootsOf("") != nil {
		t.Error("without a bundle the system's authorities count")
	}
}

func TestEdgeServersWithoutCredentials(t *testing.T) {
	c := fleetConfig(lyncTopology(), newStage(t).topologies.options)
	_, err := c.Reader.Edge(t.Context(), "edge1.contoso.com")
	if !fault.Is(err, fault.Denied) || !strings.Contains(fault.Sentence(err), "add spec.edgeServers.authentication") {
		t.Errorf("%v: want to be told what to add", err)
	}
	if got := c.EdgeServer("edge1.contoso.com").URL; got != "https://edge1.contoso.com:5986/wsman" {
		t.Errorf("without edgeServers the machine is at %s", got)
	}
}

func TestCredentialsAreReadAnewForEachCall(t *testing.T) {
	s := newStage(t, managerSecret(), secret("edge", map[string]string{"username": "local", "password": "x"}))
	lt := lyncTopology()
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge"}}}}
	c := fleetConfig(lt, s.topologies.options)
	if edge, err := c.Reader.Edge(t.Context(), "edge1.contoso.com"); err != nil || edge.Username != "local" || edge.Method != remote.Basic {
		t.Errorf("Edge servers: %v, %v", edge, err)
	}
	if got, err := c.Reader.Management(t.Context()); err != nil || got.Password != swordfish {
		t.Errorf("management servers: %v, %v", got, err)
	}
	rotated := managerSecret()
	rotated.Data["password"] = []byte("changed")
	must(t, s.objects.Update(t.Context(), rotated))
	if got, err := c.Reader.Management(t.Context()); err != nil || got.Password != "changed" {
		t.Errorf("a rotated Secret does not count (%v)", err)
	}
}

// TestAnEdgeServerHasASecretOfItsOwn: a Secret that is missing or wrong touches no other machine.
func TestAnEdgeServerHasASecretOfItsOwn(t *testing.T) {
	account := func(secret string) v1alpha1.Accounts {
		return v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: secret}}}
	}
	s := newStage(t, secret("edge", map[string]string{"username": "all", "password": "x"}), secret("edge1", map[string]string{"username": "own", "password": "y"}))
	lt := lyncTopology()
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: account("edge"), Overrides: []v1alpha1.EdgeServerOverride{
		{FQDN: "edge1.contoso.com", Accounts: account("edge1")}, {FQDN: "edge2.contoso.com", Accounts: account("missing")}}}
	c := fleetConfig(lt, s.topologies.options)
	cases := map[string]struct {
		reason, machine, account string // account: "" for none
	}{
		"own":     {"the override names an account", "EDGE1.contoso.com", "own"},
		"missing": {"another account is no substitute", "edge2.contoso.com", ""},
		"common":  {"without an override all machines have one", "edge3.contoso.com", "all"},
	}
	for name, look := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := c.Reader.Edge(t.Context(), look.machine)
			if got.Username != look.account || (err == nil) != (look.account != "") {
				t.Errorf("%s: %v, %v", look.reason, got, err)
			}
		})
	}
	if got, want := secretsOf(v1alpha1.FederationRouteSpec{}, lt.Spec), []string{"edge", "edge1", "manager", "missing"}; !cmp.Equal(got, want) {
		t.Errorf("a run is tried again when one of %v changes, want %v", got, want)
	}
}

// TestReaderAndOperatorAreTwoAccounts: each signs in with its own Secret, and the operator's is read
// only when something is to be changed.
func TestReaderAndOperatorAreTwoAccounts(t *testing.T) {
	named := func(secret string) v1alpha1.Authentication {
		return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
	}
	s := newStage(t, secret("reads", map[string]string{"username": `CONTOSO\reader`, "password": "x"}), secret("changes", map[string]string{"username": `CONTOSO\operator`, "password": "y"}))
	lt := lyncTopology()
	lt.Spec.Management.Accounts = v1alpha1.Accounts{Reader: named("reads"), Operator: named("changes")}
	lt.Spec.EdgeServers = &v1alpha1.EdgeServers{Accounts: lt.Spec.Management.Accounts}
	c := fleetConfig(lt, s.topologies.options)
	for who, account := range map[string]shell.Account{`CONTOSO\reader`: c.Reader, `CONTOSO\operator`: c.Operator} {
		if got, err := account.Management(t.Context()); err != nil || got.Username != who {
			t.Errorf("management servers: %v (%v), want %s", got, err, who)
		}
		if got, err := account.Edge(t.Context(), "edge1.contoso.com"); err != nil || got.Username != who {
			t.Errorf("Edge servers: %v (%v), want %s", got, err, who)
		}
	}
}

// TestObservingReadsNoOperatorsSecret observes an organization for routes in each mode, and counts
// which Secrets are read.
func TestObservingReadsNoOperatorsSecret(t *testing.T) {
	cases := map[string]struct {
		reason string
		mode   v1alpha1.Mode
		want   []string
	}{
		"observing": {"nothing is to be changed", v1alpha1.ModeObserve, []string{"reads"}},
		"enforcing": {"the change needs the operator", v1alpha1.ModeEnforce, []string{"changes", "reads"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lt, route := lyncTopology(), federationRoute("r", "edge2.contoso.com")
			named := func(secret string) v1alpha1.Authentication {
				return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
			}
			lt.Spec.Management.Accounts = v1alpha1.Accounts{Reader: named("reads"), Operator: named("changes")}
			route.Spec.Mode = c.mode
			account := map[string]string{"username": `CONTOSO\u`, "password": "x"}
			s := newStage(t, lt, route, secret("reads", account), secret("changes", account))
			var mu sync.Mutex
			read := map[string]bool{}
			counted := interceptor.NewClient(s.objects, interceptor.Funcs{Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
				mu.Lock()
				read[key.Name] = true
				mu.Unlock()
				return c.Get(ctx, key, o, options...)
			}})
			s.topologies.options.Secrets, s.routes.options.Secrets = counted, counted
			_, err := s.topologies.Reconcile(t.Context(), ctrl.Request{NamespacedName: orgKey})
			must(t, err)
			s.seen()
			s.reconcile(route)
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(read))); diff != "" {
				t.Errorf("%s: Secrets that were read (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
