package catalogue_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
)

// TestTopologyPartByPart: what a session may not read is unknown, with the cause and the
// remedy, in every language of the servers. What the machine's own replica says is marked,
// and nothing can be planned upon any of it.
func TestTopologyPartByPart(t *testing.T) {
	network := func(groups ...string) identity.Identity {
		return identity.Identity{Account: `CONTOSO\fedroute`, Groups: farm.Token(groups...)}
	}
	all := []lync.TopologyPart{lync.PartDocument, lync.PartAccessEdge, lync.PartSites, lync.PartServices, lync.PartPoolStates, lync.PartReplicas}
	cases := map[string]struct {
		reason string
		edit   func(*farm.Spec)
		who    identity.Identity
		lacks  []lync.TopologyPart
		kind   fault.Kind
		says   string
	}{
		"everything": {"an account with all rights at the machine itself", nil, farm.AtConsole(`CONTOSO\fedroute`), nil, "", ""},
		"no directory": {"a network logon has no credential for Active Directory", nil, network(farm.AllRights()...), all, fault.SecondHop,
			"install the endpoint kit"},
		"no store": {"Active Directory is readable, SQL Server sees nobody", func(s *farm.Spec) { s.ADReadableFromNetworkLogon = true },
			network(farm.AllRights()...), all[:5], fault.SecondHop, "install the endpoint kit"},
		"no rights": {"the store knows the account, which is in no group", func(s *farm.Spec) { s.ADReadableFromNetworkLogon, s.SQLReachableFromNetworkLogon = true, true },
			network(), all[:5], fault.RightsMissing, "RTC groups"},
		"a stranger": {"the domain does not know a local account", nil, identity.Identity{Account: "fedroute", SignIn: identity.Console}, all, fault.RightsMissing,
			"use an account of the domain"},
	}
	for name, c := range cases {
		for _, language := range []farm.Language{farm.English, farm.German, farm.French} {
			t.Run(name+" "+string(language), func(t *testing.T) {
				spec := contoso("SkypeForBusinessServer2015")
				spec.Language = language
				if c.edit != nil {
					c.edit(&spec)
				}
				o := start(t, spec)
				o.machines[frontEnd].who = c.who
				got := shell.Observe(t.Context(), shell.NewObserver(o.fleet), lync.Snapshot{}, time.Now)
				topology, err := got.Topology.Value, got.Topology.Err
				if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(fault.Sentence(err), c.says) {
					t.Errorf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
				}
				var lacks []lync.TopologyPart
				for _, u := range topology.Unknown {
					lacks = append(lacks, u.Part)
					local := u.Part == lync.PartDocument || u.Part == lync.PartAccessEdge || u.Part == lync.PartPoolStates
					if fault.KindOf(u.Err) != c.kind || u.Local != local {
						t.Errorf("%s: %s is %v, from the own replica: %v", c.reason, u.Part, u.Err, u.Local)
					}
				}
				if diff := cmp.Diff(c.lacks, lacks); diff != "" {
					t.Errorf("%s: unknown parts (-want +got):\n%s", c.reason, diff)
				}
				if got.Topology.Known() != (len(c.lacks) == 0) || len(topology.EdgePools) != 2 || len(topology.EdgePools[0].Servers) != 2 || len(got.EdgeServers) != 3 ||
					topology.EdgePools[0].FQDN != edge1 || topology.EdgePools[0].ExternalFQDN != "sip.contoso.com" || !topology.EdgePools[0].SIPEnabled {
					t.Errorf("%s: known %v, %d machines read, pools %+v", c.reason, got.Topology.Known(), len(got.EdgeServers), topology.EdgePools)
				}
			})
		}
	}
}

// TestASlowStoreIsAskedOnce: where one part takes long to fail, the others fail with its
// error and are not asked. The machine's own replica still is.
func TestASlowStoreIsAskedOnce(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		11 * time.Second: 5 * 11 * time.Second, // version, document; three parts of the own replica
		9 * time.Second:  10 * 9 * time.Second, // every part; three of the own replica
	} {
		synctest.Test(t, func(t *testing.T) {
			spec := contoso("SkypeForBusinessServer2015")
			spec.Durations.Cmdlet = farm.Duration(took)
			o := startOn(t, spec, farm.RealClock{})
			o.machines[frontEnd].who = identity.Identity{Account: `CONTOSO\fedroute`, Groups: farm.Token(farm.AllRights()...)}
			began := time.Now()
			topology, _, err := shell.NewObserver(o.fleet).ReadTopology(t.Context())
			if got := time.Since(began); got != want || !fault.Is(err, fault.SecondHop) || len(topology.Unknown) != 6 {
				t.Errorf("with %s a cmdlet the look took %s, want %s: %d parts unknown, %v", took, got, want, len(topology.Unknown), err)
			}
		})
	}
}
