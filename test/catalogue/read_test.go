package catalogue_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

var comparable = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// TestReadEveryVersion reads an organization of each product generation and compares the
// result with the description that the farm was built from.
func TestReadEveryVersion(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			o := start(t, contoso(product))
			got := o.topology(t)
			xmpp := o.Product().XMPP
			route := ""
			if xmpp {
				route = edge1
			}
			addr := func(text string) []netip.Addr { return []netip.Addr{netip.MustParseAddr(text)} }
			state := lync.PoolActive
			if product == "LyncServer2010" {
				state = lync.PoolStateNone
			}
			want := lync.Topology{
				Product:               got.Product,
				ServerTime:            o.Clock().Now(),
				Signature:             o.Truth().Published.Signature,
				DefaultDomain:         o.Truth().Published.DefaultDomain,
				FederatedUsersAllowed: true,
				Sites:                 []lync.Site{{Name: "Redmond", SIPRoute: edge1, XMPPRoute: route}, {Name: "Dublin", SIPRoute: edge1}},
				EdgePools: []lync.EdgePool{
					{
						FQDN: edge1, Site: "Redmond", ExternalFQDN: "sip.contoso.com", SIPEnabled: true, XMPPEnabled: xmpp, NextHop: pool1,
						Servers: []lync.EdgeServer{
							{FQDN: edge1a, ExternalAddresses: addr("127.0.1.1"), InterfaceAddresses: addr("192.168.1.1")},
							{FQDN: "edge1b.contoso.com", ExternalAddresses: addr("127.0.1.2"), InterfaceAddresses: addr("192.168.1.2")},
						},
					},
					{
						FQDN: edge2, Site: "Dublin", ExternalFQDN: "sip2.contoso.com", NextHop: pool1,
						Servers: []lync.EdgeServer{{FQDN: edge2a, ExternalAddresses: addr("127.0.1.3"), InterfaceAddresses: addr("127.0.1.3")}},
					},
				},
				FrontEndPools: []lync.FrontEndPool{
					{
						FQDN: pool1, Site: "Redmond", Servers: []string{frontEnd}, BackupPool: pool2, State: state,
						Edge: lync.Association{Registrar: edge1, Conferencing: edge1, Mediation: edge1, HasMediation: true},
					},
					{
						FQDN: pool2, Site: "Dublin", Servers: []string{"fe2.contoso.com"}, BackupPool: pool1, State: state,
						Edge: lync.Association{Registrar: edge2, Conferencing: edge2, Mediation: edge2, HasMediation: true},
					},
				},
				Replicas: got.Replicas,
			}
			if diff := cmp.Diff(want, got, comparable); diff != "" {
				t.Errorf("topology (-want +got):\n%s", diff)
			}
			checkProduct(t, o, got.Product)
			for _, m := range o.Machines() {
				if replica, there := got.Replicas[lync.HostOf(m.FQDN)]; !there || !replica.UpToDate || replica.LastUpdate.IsZero() {
					t.Errorf("replica of %s: %+v, %t", m.FQDN, replica, there)
				}
			}
		})
	}
}

// TestReplicationTimesHaveNoKind: the server does not say whether the times are local or
// universal, and they are read as the moments that they are.
func TestReplicationTimesHaveNoKind(t *testing.T) {
	plain, spec := start(t, contoso("LyncServer2013")), contoso("LyncServer2013")
	spec.Behaviour.ReplicationTimesHaveNoKind = true
	bare := start(t, spec)
	if diff := cmp.Diff(plain.topology(t).Replicas, bare.topology(t).Replicas); diff != "" {
		t.Errorf("replicas without a kind of time (-with +without):\n%s", diff)
	}
}

// TestServerTimeIsThatOfTheAnswer: the run takes the server's time for the moment of the answer, so
// it must not be from before the slow cmdlets.
func TestServerTimeIsThatOfTheAnswer(t *testing.T) {
	spec := contoso("LyncServer2013")
	spec.Durations.Cmdlet = farm.Duration(time.Minute)
	o := start(t, spec)
	clock, ctx := o.Clock().(*farm.ManualClock), t.Context()
	begun := clock.Now()
	go func() {
		for ctx.Err() == nil {
			clock.Advance(time.Second)
			time.Sleep(100 * time.Microsecond)
		}
	}()
	if took := o.topology(t).ServerTime.Sub(begun); took < 7*time.Minute {
		t.Errorf("the server's time is that of %s after the first of seven cmdlets, each of which takes a minute", took)
	}
}

func checkProduct(t *testing.T, o *organization, got lync.Product) {
	t.Helper()
	if got.Module != o.Product().Module || got.XMPP != o.Product().XMPP || got.XMPPRouteParameter != o.XMPPRouteParameter() {
		t.Errorf("%+v does not agree with %+v", got, o.Product())
	}
	known := false
	for _, v := range reference.Versions() {
		known = known || string(v) == got.Name
	}
	if !known {
		t.Errorf("%q is no name of a product", got.Name)
	}
}

func TestReadEdgeServer(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			o := start(t, contoso(product))
			topology := o.topology(t)
			got, err := shell.NewObserver(o.fleet).ReadEdgeServer(context.Background(), edge1a)
			if err != nil {
				t.Fatal(err)
			}
			if got.LocalSignature != topology.Signature || !got.Running() {
				t.Errorf("got %+v", got)
			}
			server := topology.EdgePools[0].Servers[0]
			if !got.Listens(5061, server.InterfaceAddresses) || got.Listens(5269, server.InterfaceAddresses) != topology.Product.XMPP {
				t.Errorf("listeners: %v", got.Listening)
			}
			if got.HasXMPPProxy() != topology.Product.XMPP {
				t.Errorf("XMPP proxy among %v", got.Services)
			}
		})
	}
}

// TestReadEdgeCertificate reads the certificate that the machine shows, and what the machine
// finds when it builds the chain.
func TestReadEdgeCertificate(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			spec := contoso(product)
			spec.Certificates.Names = []string{"fed.contoso.com"}
			o := start(t, spec)
			read := func(machine string) lync.Certificate {
				t.Helper()
				got, err := shell.NewObserver(o.fleet).ReadEdgeCertificate(context.Background(), machine)
				if err != nil {
					t.Fatal(err)
				}
				return got
			}
			shown, err := o.AccessEdgeCertificate(edge1a)
			if err != nil {
				t.Fatal(err)
			}
			want := lync.Certificate{Thumbprint: shown.Thumbprint, Names: unique(shown.Names), NotBefore: shown.NotBefore, NotAfter: shown.NotAfter, Chain: []string{}}
			if diff := cmp.Diff(want, read(edge1a), cmpopts.EquateApproxTime(time.Second)); diff != "" {
				t.Errorf("(-farm +read):\n%s", diff)
			}
			for name, c := range map[string]struct {
				reason string
				assign farm.NewCertificate
				chain  []string
			}{
				"expired":   {"the machine calls it so", farm.NewCertificate{Life: -time.Minute}, []string{"NotTimeValid"}},
				"loose":     {"its issuer is not on the machine", farm.NewCertificate{Life: time.Hour, Loose: true}, []string{"PartialChain"}},
				"name gone": {"names are no matter of the chain", farm.NewCertificate{Life: time.Hour, Without: []string{"fed.contoso.com"}}, []string{}},
			} {
				if err := o.AssignCertificate(farm.Actor{User: `CONTOSO\anna`, Command: "a person"}, edge1a, c.assign); err != nil {
					t.Fatal(err)
				}
				got := read(edge1a)
				if diff := cmp.Diff(c.chain, got.Chain); diff != "" || got.ChainError != "" {
					t.Errorf("%s: %s: %s (-want +got):\n%s", name, c.reason, got.ChainError, diff)
				}
				if slices.Contains(c.assign.Without, "fed.contoso.com") == slices.Contains(got.Names, "fed.contoso.com") {
					t.Errorf("%s: names %v", name, got.Names)
				}
			}
		})
	}
}

// unique drops what stands in a list already.
func unique(names []string) []string {
	var out []string
	for _, name := range names {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// TestReadDisabledServices reads a machine on which a setup failed and left services
// disabled. In some cases the service objects show the start mode, in others only WMI does.
func TestReadDisabledServices(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			o := start(t, contoso(product))
			observer := shell.NewObserver(o.fleet)
			if before, err := observer.ReadEdgeServer(context.Background(), edge1a); err != nil || before.Disabled() {
				t.Fatalf("before: %+v, %v", before, err)
			}
			if err := o.AddFault(farm.Fault{Kind: farm.FaultSetupFails, Target: edge1a}); err != nil {
				t.Fatal(err)
			}
			if err := o.operator().Setup(context.Background(), edge1a, o.topology(t).Signature); !fault.Is(err, fault.Failed) {
				t.Fatalf("setup: %v", err)
			}
			got, err := observer.ReadEdgeServer(context.Background(), edge1a)
			if err != nil || !got.Disabled() || got.Running() || !got.Replicates() {
				t.Errorf("after: %+v, %v", got, err)
			}
			for _, s := range got.Services {
				if s.Disabled == (s.Name == farm.ServiceReplica) {
					t.Errorf("%s: disabled is %t", s.Name, s.Disabled)
				}
			}
		})
	}
}

// TestObserveDuringADisaster checks that an Edge machine without power is an unknown part.
func TestObserveDuringADisaster(t *testing.T) {
	o := start(t, contoso("LyncServer2013"))
	delete(o.machines, edge1a)
	got := shell.Observe(context.Background(), shell.NewObserver(o.fleet), lync.Snapshot{}, o.Clock().Now)
	if !got.Topology.Known() || got.EdgeServers[edge1a].Known() || !got.EdgeServers[edge2a].Known() {
		t.Errorf("got %+v", got)
	}
}
