package status_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/status"
)

// TestWhatSetupInstalledIsCorrectedByWhatListens: the pool's flags ask for both ports in each case,
// unless its name says otherwise.
func TestWhatSetupInstalledIsCorrectedByWhatListens(t *testing.T) {
	const machine = "edge1a.contoso.com"
	outside, inside := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("10.0.0.1")
	at := func(a netip.Addr, ports ...uint16) lync.Part[lync.EdgeServerState] {
		var out lync.Part[lync.EdgeServerState]
		for _, p := range ports {
			out.Value.Listening = append(out.Value.Listening, netip.AddrPortFrom(a, p))
		}
		return out
	}
	is := func(ports ...int32) map[string]v1alpha1.SetupRecord {
		return map[string]v1alpha1.SetupRecord{machine: {Ports: append([]int32{}, ports...)}}
	}
	cases := map[string]struct {
		reason    string
		before    map[string]v1alpha1.SetupRecord
		state     lync.Part[lync.EdgeServerState]
		sip, xmpp bool
		want      map[string]v1alpha1.SetupRecord
	}{
		"noted and listening":       {"nothing is to be corrected", is(5061, 5269), at(outside, 5061, 5269), true, true, is(5061, 5269)},
		"somebody else ran setup":   {"a machine that listens on all that is asked for contradicts the record", is(), at(outside, 5061, 5269), true, true, is(5061, 5269)},
		"one port of two":           {"that is not all that is asked for", is(), at(outside, 5061), true, true, is()},
		"silent":                    {"a pool need not listen before a route names it", is(5061, 5269), at(outside), true, true, is(5061, 5269)},
		"listens inside":            {"the Access Edge listens on 5061 inside as well", is(), at(inside, 5061, 5269), true, true, is()},
		"no flag":                   {"nothing asked for contradicts nothing: the ports are still to be taken away", is(5061, 5269), at(outside, 5269), false, false, is(5061, 5269)},
		"never noted, listening":    {"it shows what is installed", nil, at(outside, 5061, 5269), true, true, is(5061, 5269)},
		"never noted, silent":       {"silence shows nothing", nil, at(outside), true, true, nil},
		"never noted, no flag":      {"port 5061 of a pool with one name is there for clients, too", nil, at(outside, 5061), false, false, nil},
		"cannot be read":            {"unknown is not empty", is(5061), lync.Part[lync.EdgeServerState]{Err: fault.New(fault.Unreachable, "read", machine, "no answer")}, true, true, is(5061)},
		"left the topology":         {"a new machine of that name is not set up", map[string]v1alpha1.SetupRecord{"gone.contoso.com": {Ports: []int32{5061}}}, at(outside), true, true, nil},
		"somebody else, one switch": {"the other port is not asked for", is(), at(outside, 5061), true, false, is(5061)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := seen()
			f.Previous.Setups = c.before
			f.Snapshot.Topology.Value.EdgePools = []lync.EdgePool{{FQDN: "edge1.contoso.com", SIPEnabled: c.sip, XMPPEnabled: c.xmpp,
				Servers: []lync.EdgeServer{{FQDN: machine, InterfaceAddresses: []netip.Addr{outside}}}}}
			f.Snapshot.EdgeServers = map[lync.Host]lync.Part[lync.EdgeServerState]{machine: c.state}
			if diff := cmp.Diff(c.want, status.Topology(f).Setups); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
