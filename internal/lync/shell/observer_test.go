package shell_test

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

var comparable = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

var comparablePorts = cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })

func addresses(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, t := range texts {
		all = append(all, netip.MustParseAddr(t))
	}
	return all
}

func TestReadTopology(t *testing.T) {
	w := newWorld()
	w.answers[first] = says(file(t, "topology.json"))
	got, endpoint, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
	if err != nil || endpoint != first {
		t.Fatalf("read from %q: %v", endpoint, err)
	}
	want := lync.Topology{
		Product: lync.Product{
			Name: "Lync Server 2013", Version: "5.0.8308.0", Module: "Lync", XMPP: true, XMPPRouteParameter: "XmppFederationRoute",
		},
		ServerTime:            time.Date(2026, 3, 1, 10, 5, 0, 500000000, time.UTC),
		Signature:             "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
		DefaultDomain:         "contoso.com",
		FederatedUsersAllowed: true,
		Sites: []lync.Site{
			{Name: "Redmond", SIPRoute: "edgepool01.contoso.com", XMPPRoute: "edgepool01.contoso.com"},
			{Name: "Dublin"},
		},
		EdgePools: []lync.EdgePool{
			{
				FQDN: "edgepool01.contoso.com", Site: "Redmond", ExternalFQDN: "sip.contoso.com",
				SIPEnabled: true, XMPPEnabled: true, NextHop: "fepool01.contoso.com",
				// Of the two external interfaces only the Access Edge's counts.
				Servers: []lync.EdgeServer{
					{FQDN: "edge01.contoso.com", ExternalAddresses: addresses("203.0.113.1"), InterfaceAddresses: addresses("192.168.1.1")},
					{FQDN: "edge02.contoso.com", ExternalAddresses: addresses("203.0.113.11"), InterfaceAddresses: addresses("192.168.1.11")},
				},
			},
			{
				// Only one of the two XMPP ports is there, which does not set the flag. The
				// external name comes from the document. There is no NAT. The machine has the
				// name of its pool.
				FQDN: "edge03.fabrikam.com", Site: "Dublin", ExternalFQDN: "sip.fabrikam.com", NextHop: "fe03.fabrikam.com",
				Servers: []lync.EdgeServer{{
					FQDN:              "edge03.fabrikam.com",
					ExternalAddresses: addresses("198.51.100.3", "2001:db8::3"), InterfaceAddresses: addresses("198.51.100.3", "2001:db8::3"),
				}},
			},
		},
		FrontEndPools: []lync.FrontEndPool{
			{
				FQDN: "fepool01.contoso.com", Site: "Redmond", Servers: []string{"fe01.contoso.com", "fe02.contoso.com"},
				BackupPool: "fe03.fabrikam.com", State: lync.PoolFailedOver,
				Edge: lync.Association{
					Registrar: "edgepool01.contoso.com", Conferencing: "edgepool01.contoso.com",
					Mediation: "edge03.fabrikam.com", HasMediation: true,
				},
			},
			{FQDN: "fe03.fabrikam.com", Site: "Dublin", Servers: []string{"fe03.fabrikam.com"}, State: lync.PoolActive},
		},
		Replicas: map[lync.Host]lync.Replica{
			"edge01.contoso.com": {
				UpToDate:   true,
				LastUpdate: time.Date(2026, 3, 1, 10, 0, 0, 123456700, time.UTC),
			},
			"edge03.fabrikam.com": {}, // empty in the reply: it never replicated
			"fe03.fabrikam.com":   {}, // .NET's smallest time in the reply: it never replicated either
		},
	}
	if diff := cmp.Diff(want, got, comparable); diff != "" {
		t.Errorf("topology (-want +got):\n%s", diff)
	}
}

func TestReadTopologyRefusesPoorReplies(t *testing.T) {
	good := file(t, "topology.json")
	without := func(field string) string {
		return regexp.MustCompile(`(?m)^ *"`+field+`":.*,\n`).ReplaceAllString(good, "")
	}
	cases := map[string]struct {
		reason string
		reply  string
		kind   fault.Kind
		says   string
	}{
		"no signature": {
			"an account that may not see the topology must not look like an empty organization",
			strings.Replace(good, `"Signature": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"`, `"Signature": ""`, 1), fault.Failed, "no topology document",
		},
		"nothing":       {"no object at all", `[]`, fault.Internal, "it has 0 objects instead of one"},
		"two objects":   {"stray output of a cmdlet", `[{}, {}]`, fault.Internal, "it has 2 objects instead of one"},
		"unknown field": {"a field nobody reads is a mismatch of script and program", strings.Replace(good, `"Module"`, `"Modul"`, 1), fault.Internal, `unknown field "Modul"`},
		"missing field": {"a part that is not there is no empty one", without("Signature"), fault.Internal, "it has no Signature"},
		"missing deep":  {"nor is a part of a part", without("LastUpdate"), fault.Internal, "it has no Replicas.LastUpdate"},
		"broken XML":    {"half an element", strings.Replace(good, `<Service `, `<Service<`, 1), fault.Internal, "XML syntax error"},
		"broken time":   {"a local date format", strings.Replace(good, `2026-03-01T10:00:00.1234567Z`, `01.03.2026 10:00`, 1), fault.Internal, "01.03.2026 10:00"},
		"no JSON":       {"not even JSON", `boom`, fault.Internal, "it is no JSON array: invalid character"},
		"no array":      {"an object by itself", `{}`, fault.Internal, "it is no JSON array: json: cannot unmarshal object"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[first] = says(c.reply)
			got, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
			if fault.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Fatalf("%s: got %v, want kind %s with %q", c.reason, err, c.kind, c.says)
			}
			if diff := cmp.Diff(lync.Topology{}, got); diff != "" {
				t.Errorf("a failed read must not return a value:\n%s", diff)
			}
		})
	}
}

// TestTimesOfReplicas: where a time has no kind, the newest one of the answer shows whether the
// times are local or universal.
func TestTimesOfReplicas(t *testing.T) {
	cases := map[string]struct {
		reason         string
		offset         string // of local time, in minutes
		update, status string
		want           string
	}{
		"universal":              {"the text says so", "120", "2026-03-01T10:00:00.1234567Z", "2026-03-01T10:04:00Z", "10:00"},
		"local":                  {"the text says how far it is ahead", "120", "2026-03-01T12:00:00.1234567+02:00", "", "10:00"},
		"no kind, universal":     {"the last report is a minute old, and not two hours", "120", "2026-03-01T10:00:00.1234567", "2026-03-01T10:04:00", "10:00"},
		"no kind, local":         {"the last report would be of the future", "120", "2026-03-01T12:00:00.1234567", "2026-03-01T12:04:00", "10:00"},
		"no kind, local, behind": {"the last report would be hours old", "-300", "2026-03-01T05:00:00", "2026-03-01T05:04:59", "10:00"},
		"no kind, old update":    {"a report is newer than an update", "60", "2026-02-27T10:00:00", "2026-03-01T10:04:00", "10:00"},
		"no kind, no difference": {"local time is universal there", "0", "2026-03-01T10:00:00", "", "10:00"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			reply := strings.Replace(file(t, "topology.json"), `"2026-03-01T10:00:00.1234567Z"`, fmt.Sprintf("%q", c.update), 1)
			reply = strings.Replace(reply, `"LastStatus": ""`, fmt.Sprintf(`"LastStatus": %q`, c.status), 1)
			reply = strings.Replace(reply, `"UtcOffsetMinutes": 0`, `"UtcOffsetMinutes": `+c.offset, 1)
			w := newWorld()
			w.answers[first] = says(reply)
			got, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if update := got.Replicas["edge01.contoso.com"].LastUpdate; update.Format("15:04") != c.want || update.Location() != time.UTC {
				t.Errorf("%s: the update is of %s, want %s", c.reason, update, c.want)
			}
		})
	}
}

// TestAListenerThatCannotBeRead: a machine of which one listener is not understood is unknown, and
// does not look as if it did not listen.
func TestAListenerThatCannotBeRead(t *testing.T) {
	for _, text := range []string{"0.0.0.0", "edge01:5061", "0.0.0.0:99999", ""} {
		w := newWorld()
		w.answers[edge] = says(strings.Replace(file(t, "edgeserver.json"), `"0.0.0.0:5061"`, fmt.Sprintf("%q", text), 1))
		got, err := shell.NewObserver(w.fleet(t)).ReadEdgeServer(context.Background(), "edge01.contoso.com")
		if want := fmt.Sprintf("the listener %q is not an address and port", text); !fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), want) || len(got.Services) > 0 || len(got.Listening) > 0 {
			t.Errorf("%+v, %v; want %q", got, err, want)
		}
	}
}

func TestReadEdgeServer(t *testing.T) {
	w := newWorld()
	w.answers[edge] = says(file(t, "edgeserver.json"))
	got, err := shell.NewObserver(w.fleet(t)).ReadEdgeServer(context.Background(), "edge01.contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	want := lync.EdgeServerState{
		LocalSignature: "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
		Services: []lync.Service{
			{Name: "RTCSRV", DisplayName: "Lync Server Access Edge", State: lync.ServiceRunning},
			{Name: "REPLICA", DisplayName: "Lync Server Replica Replicator Agent", State: lync.ServiceStopped},
		},
		Listening: []netip.AddrPort{
			netip.MustParseAddrPort("0.0.0.0:5061"), netip.MustParseAddrPort("192.168.1.1:5269"),
			netip.MustParseAddrPort("[::]:443"), netip.MustParseAddrPort("[fe80::1]:135"), netip.MustParseAddrPort("10.1.0.1:5062"),
		},
	}
	if diff := cmp.Diff(want, got, comparablePorts); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}
