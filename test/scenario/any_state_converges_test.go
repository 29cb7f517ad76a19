package scenario_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

var seeds = flag.Uint64("seeds", 8, "how many random start states TestAnyStateConverges tells")

// mess is a person who leaves an organization in a random state.
type mess struct {
	*story
	*rand.Rand
}

// TestAnyStateConverges starts from random states. From each, the organization must become
// as the route says. Then nothing is left to do, and further observations write nothing.
func TestAnyStateConverges(t *testing.T) {
	t.Parallel()
	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 20))
			spec := sampleFarm(t, oneOf(dice, "one-site-two-pools", "three-sites-four-pools", "sfb2019-no-xmpp"))
			spec.Behaviour = farm.Behaviour{XMPPProxyNeedsRestart: flip(dice), SIPListenerIgnoresRoute: flip(dice), PublishKeepsSimpleURLs: flip(dice)}
			spec.DNS.Servers = 1 + dice.IntN(2)
			spec.Durations.Replication = farm.Duration(dice.IntN(300)) * farm.Duration(time.Millisecond)
			m := mess{tell(t, spec), dice}
			m.routes()
			m.boxes()
			m.records()
			m.services()
			m.associations()

			pools := m.org.State().EdgePools
			pool := pools[m.IntN(len(pools))]
			r := m.route(pool.FQDN, func(r *v1alpha1.FederationRoute) { m.wishes(r, pool.FQDN) })
			m.consents(r)
			if r.Status.Plan != nil || len(r.Status.Drift) > 0 {
				t.Errorf("Ready, and yet something is left to do:\n%s", describe(r))
			}
			m.reaches(r)
			before := m.writes()
			m.lookedAt(3)
			m.unchanged(before)
		})
	}
}

func oneOf[T any](dice *rand.Rand, all ...T) T { return all[dice.IntN(len(all))] }

func flip(dice *rand.Rand) bool { return dice.IntN(2) == 0 }

// anyPool returns an Edge pool, or sometimes none.
func (m mess) anyPool() string {
	pools := m.org.State().EdgePools
	if n := m.IntN(len(pools) + 1); n < len(pools) {
		return pools[n].FQDN
	}
	return ""
}

func (m mess) routes() {
	for _, site := range m.org.State().Sites {
		if flip(m.Rand) {
			m.must(m.org.Farm().SetSiteRoute(nora, site.Name, farm.SIP, m.anyPool()))
		}
		if m.xmpp() && flip(m.Rand) {
			m.must(m.org.Farm().SetSiteRoute(nora, site.Name, farm.XMPP, m.anyPool()))
		}
	}
}

func (m mess) boxes() {
	for _, p := range m.org.State().EdgePools {
		body := map[string]bool{"federation": flip(m.Rand)}
		if m.xmpp() {
			body["xmpp"] = flip(m.Rand)
		}
		m.rehearse("POST", "/edgepools/"+p.FQDN+"/flags", body)
	}
}

// records edits sets before the route has seen them, so that they are somebody else's.
func (m mess) records() {
	for _, domain := range m.org.Farm().Spec().SIPDomains {
		zones := m.org.Zones()
		switch m.IntN(5) {
		case 0:
			m.must(zones.Set("nora", "fed."+domain, "A", 60, "127.0.0.98", "127.0.0.99"))
		case 1:
			m.must(zones.Set("nora", "fed."+domain, "AAAA", 1, "2001:db8::5"))
		case 2:
			m.must(zones.Set("nora", "_sipfederationtls._tcp."+domain, "SRV", 1, "10 5 5061 old."+domain+".", "0 0 5061 fed."+domain+"."))
		case 3:
			m.must(zones.Delete("nora", "_sipfederationtls._tcp."+domain, "SRV"))
		}
	}
}

// consents waits until federation is as the route asks, and consents to each set of
// somebody else that the route names.
func (m mess) consents(r *v1alpha1.FederationRoute) {
	m.Helper()
	for {
		hash := ""
		m.until(r, "getting ready, or naming a set of somebody else", func(r *v1alpha1.FederationRoute) bool {
			c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionDNSPublished)
			if c != nil && c.Reason == v1alpha1.ReasonForeignRecords && c.ObservedGeneration == r.Generation {
				hash = setHash.FindString(c.Message)
			}
			return ready(r) || hash != "" && hash != r.Spec.DNS.Adopt
		})
		if ready(r) {
			return
		}
		change(m.story, r, func(r *v1alpha1.FederationRoute) { r.Spec.DNS.Adopt = hash })
	}
}

func (m mess) services() {
	for _, machine := range m.org.Farm().Machines() {
		if machine.Role != farm.RoleEdge {
			continue
		}
		switch m.IntN(4) {
		case 0:
			m.must(m.org.Farm().StopServices(m.ctx, nora, farm.ServicesRequest{Machine: machine.FQDN}))
		case 1:
			m.must(m.org.Farm().StopServices(m.ctx, nora, farm.ServicesRequest{Machine: machine.FQDN, Names: []string{farm.ServiceAccessEdge}}))
		case 2:
			m.must(m.org.Farm().Kill(nora, machine.FQDN))
			m.must(m.org.Farm().Return(nora, machine.FQDN, oneOf(m.Rand, farm.ServicesStart, farm.ServicesStayStopped)))
		}
	}
}

func (m mess) associations() {
	for _, p := range m.org.State().FrontEndPools {
		for _, link := range []farm.Link{farm.LinkRegistrar, farm.LinkConferencing, farm.LinkMediation} {
			if flip(m.Rand) && (link != farm.LinkMediation || p.Mediation != "") {
				m.must(m.org.Farm().SetAssociation(nora, p.FQDN, link, m.anyPool()))
			}
		}
		if m.IntN(4) == 0 && m.org.Farm().Product().PairsPools() {
			m.must(m.org.Farm().SetPoolState(nora, p.FQDN, farm.PoolFailedOver))
		}
	}
}

// wishes fills in the parts of a route's spec besides its Edge pool.
func (m mess) wishes(r *v1alpha1.FederationRoute, pool string) {
	for _, p := range m.org.State().EdgePools {
		if p.FQDN != pool && flip(m.Rand) {
			r.Spec.StandbyEdgePools = append(r.Spec.StandbyEdgePools, v1alpha1.Hostname(p.FQDN))
		}
	}
	for _, p := range m.org.State().FrontEndPools {
		if flip(m.Rand) {
			r.Spec.FrontEndPools = append(r.Spec.FrontEndPools, v1alpha1.FrontEndPoolRoute{FQDN: v1alpha1.Hostname(p.FQDN), FailBack: flip(m.Rand)})
		}
	}
	if r.Spec.XMPP != nil && m.IntN(4) == 0 {
		r.Spec.XMPP = nil
	}
}

// reaches checks the state that a partner and a user of the route see.
func (m mess) reaches(r *v1alpha1.FederationRoute) {
	m.Helper()
	pool, state := string(r.Spec.EdgePool), m.org.State()
	for _, site := range state.Sites {
		if site.SIPRoute != pool || r.Spec.XMPP != nil && site.XMPPRoute != pool {
			m.Errorf("site %s is routed to %q and %q, want %s", site.Name, site.SIPRoute, site.XMPPRoute, pool)
		}
	}
	for _, p := range state.EdgePools {
		if slices.Contains(r.Spec.StandbyEdgePools, v1alpha1.Hostname(p.FQDN)) && (p.SIP || r.Spec.XMPP != nil && p.XMPP) {
			m.Errorf("standby pool %s federates", p.FQDN)
		}
	}
	for _, d := range r.Spec.SIP.Domains {
		if got := m.published(string(d.Host), "A"); !sameSet(got, m.publicAddresses(pool)) || m.published(string(d.Host), "AAAA") != nil {
			m.Errorf("%s has addresses %v", d.Host, got)
		}
	}
	for _, address := range m.publicAddresses(pool) {
		m.answers(address, 5061)
		if r.Spec.XMPP != nil {
			m.answers(address, 5269)
		}
	}
	for _, fe := range r.Spec.FrontEndPools {
		m.associated(string(fe.FQDN), pool)
	}
}
