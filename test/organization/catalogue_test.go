// Package organization_test runs the product's client and scripts in the simulated
// organization: over WinRM, by hand, and in a PowerShell that is a process of its own.
package organization_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

const (
	edge1 = "edge1.contoso.com"
	edge2 = "edge2.contoso.com"
)

// sample is the smallest of the sample farms.
const sample = "../../lyncsim/samples/one-site-two-pools.yaml"

var person = farm.Actor{User: "anna"}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(fault.Sentence(err))
	}
}

// contoso starts the smallest sample, changed by edit, and connects to it with fedroute's
// own WinRM client and catalogue.
func contoso(t *testing.T, edit func(*farm.Spec)) (*sim.Organization, *shell.Observer, *shell.Operator) {
	t.Helper()
	spec, err := farm.Load(sample)
	must(t, err)
	spec = spec.WithoutSecondHop()
	edit(&spec)
	return reach(t, sim.Config{Spec: spec})
}

// reach starts an organization and connects to it with fedroute's client.
func reach(t *testing.T, c sim.Config) (*sim.Organization, *shell.Observer, *shell.Operator) {
	t.Helper()
	o, err := sim.Start(t.Context(), c)
	must(t, err)
	t.Cleanup(o.Close)
	account := shell.Account{
		Management: func(context.Context) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM, Username: o.DomainAccount().Name, Password: o.DomainAccount().Password}, nil
		},
		Edge: func(context.Context, string) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.Basic, Username: o.LocalAccount().Name, Password: o.LocalAccount().Password}, nil
		},
	}
	fleet := shell.NewFleet(shell.Config{
		Management: []remote.Endpoint{endpoint(o, "fe1.contoso.com"), endpoint(o, "fe2.contoso.com")},
		EdgeServer: func(fqdn string) remote.Endpoint { return endpoint(o, fqdn) },
		Reader:     account, Operator: account,
		Dial: winrm.Dialer(winrm.Options{}),
	})
	t.Cleanup(func() { fleet.Close(context.Background()) })
	return o, shell.NewObserver(fleet), shell.NewOperator(fleet)
}

func endpoint(o *sim.Organization, fqdn string) remote.Endpoint {
	for _, e := range o.Endpoints() {
		if e.Machine == fqdn {
			return remote.Endpoint{URL: e.URL, ServerName: fqdn, Roots: o.CA().Pool()}
		}
	}
	return remote.Endpoint{}
}

// TestCatalogueFailsOver carries out the procedure with fedroute's own scripts, over WinRM,
// on every generation of the server.
func TestCatalogueFailsOver(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			o, _, operator := contoso(t, func(s *farm.Spec) { s.Product = product })
			failOver(t, o, operator)
		})
	}
	t.Run("the parameter of the procedures", func(t *testing.T) {
		t.Parallel()
		o, _, operator := contoso(t, func(s *farm.Spec) { s.XMPPRouteParameter = farm.XMPPRouteByProcedures })
		failOver(t, o, operator)
	})
}

func failOver(t *testing.T, o *sim.Organization, operator *shell.Operator) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	xmpp := o.Farm().Product().XMPP
	must(t, o.Farm().Kill(person, edge1))

	flags := []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}, {Pool: edge1, Protocol: lync.SIP, On: false}}
	if xmpp {
		flags = append(flags, lync.Flag{Pool: edge2, Protocol: lync.XMPP, On: true})
	}
	published, err := operator.PublishFlags(ctx, lync.FlagChange{Signature: o.Farm().Truth().Published.Signature, Flags: flags})
	must(t, err)
	if !published.SimpleURLsRestored || o.Farm().LostSimpleURLs() != nil {
		t.Errorf("the simple URLs were not put back: %+v", published)
	}
	protocols := []lync.Protocol{lync.SIP}
	if xmpp {
		protocols = append(protocols, lync.XMPP)
	}
	for _, p := range protocols {
		route, err := operator.SetSiteRoute(ctx, "Redmond", p, edge2)
		must(t, err)
		if route != edge2 {
			t.Errorf("the %s route reads back as %q", p, route)
		}
	}
	must(t, operator.Setup(ctx, edge2, published.Signature))
	must(t, operator.StartServices(ctx, edge2))
	_, err = operator.Associate(ctx, "fe1.contoso.com", edge2)
	must(t, err)

	var got, want []string
	for _, l := range o.Farm().Reachable() {
		got = append(got, l.Machine+" "+string(l.Federation))
	}
	for _, p := range protocols {
		want = append(want, edge2+" "+string(p))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after the failover (-want +got):\n%s", diff)
	}
	if v := o.Farm().Violations(); len(v) > 0 {
		t.Errorf("violations: %+v", v)
	}
}

// TestCatalogueSeesTheFarm compares the answers of the reading scripts, over WinRM, with
// the farm.
func TestCatalogueSeesTheFarm(t *testing.T) {
	o, observer, _ := contoso(t, func(*farm.Spec) {})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	topology, _, err := observer.ReadTopology(ctx)
	must(t, err)
	want := []lync.Site{{Name: "Redmond", SIPRoute: edge1, XMPPRoute: edge1}}
	if diff := cmp.Diff(want, topology.Sites); diff != "" {
		t.Errorf("sites (-farm +read):\n%s", diff)
	}
	if topology.Signature != o.Farm().Truth().Published.Signature || len(topology.EdgePools) != 2 || len(topology.FrontEndPools) != 2 {
		t.Errorf("topology: %+v", topology)
	}
	state, err := observer.ReadEdgeServer(ctx, edge1)
	must(t, err)
	pool := topology.EdgePools[0]
	if !state.Running() || !state.HasXMPPProxy() || !state.Listens(5061, pool.Servers[0].InterfaceAddresses) || !state.Listens(5269, pool.Servers[0].InterfaceAddresses) {
		t.Errorf("%s in service: %+v", edge1, state)
	}
	counters := o.Counters()
	if counters.PowerShellStarts != 2 || counters.Cmdlets["Get-CsTopology"] == 0 || counters.WinRM.Connections == 0 {
		t.Errorf("two workers asked two machines, and the counters say %+v", counters)
	}
	must(t, o.Farm().Kill(person, "fe1.contoso.com"))
	must(t, o.Farm().MoveCMS(person, "fe2.contoso.com"))
	_, _, _ = observer.ReadTopology(ctx) // finds that the worker on fe1 is dead
	_, url, err := observer.ReadTopology(ctx)
	must(t, err)
	if want := endpoint(o, "fe2.contoso.com").URL; url != want {
		t.Errorf("with fe1 dead %s answered, want %s", url, want)
	}
}
