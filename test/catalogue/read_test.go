package catalogue_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

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
