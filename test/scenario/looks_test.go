package scenario_test

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// invariantsHeld checks that the simulator saw no invariant broken during the story.
func (s *story) invariantsHeld() {
	if s.unwatched {
		return
	}
	for _, v := range s.org.Farm().Violations() {
		s.Errorf("invariant broken: %+v", v)
	}
	if lost := s.org.Farm().LostSimpleURLs(); lost != nil {
		s.Errorf("simple URLs are lost: %+v", lost)
	}
}

// secretsKept searches everything that the controller may have written to the namespace for
// the story's secrets.
func (s *story) secretsKept() {
	for _, list := range []client.ObjectList{&v1alpha1.FederationRouteList{}, &v1alpha1.LyncTopologyList{}, &eventsv1.EventList{}, &corev1.ConfigMapList{}} {
		if err := objects.List(context.Background(), list, client.InNamespace(s.namespace)); err != nil {
			s.Error(err)
			continue
		}
		text, err := json.Marshal(list)
		if err != nil {
			s.Error(err)
		}
		for _, secret := range s.secrets {
			if strings.Contains(string(text), secret) {
				s.Errorf("a secret shows in %T", list)
			}
		}
	}
}

// publicAddresses are the addresses where partners reach the pool.
func (s *story) publicAddresses(pool string) []string {
	var out []string
	for _, e := range s.org.Endpoints() {
		if e.Pool == pool {
			out = append(out, e.PublicAddress.String())
		}
	}
	return out
}

// published reads the records of a name on the primary.
func (s *story) published(name, rrtype string) []string { return s.org.Zones().Lookup(name, rrtype) }

// writes counts the writes to the organization so far.
func (s *story) writes() int { return len(s.org.Farm().Journal()) + len(s.org.Zones().Journal()) }

// unchanged checks that nothing was written to the organization since.
func (s *story) unchanged(since int) {
	s.Helper()
	if now := s.writes(); now != since {
		s.Errorf("%d writes were made that nobody asked for:\n%s", now-since, s.journal())
	}
}

// hosts checks, on the organization and not in status, that the pool hosts the protocols
// for every site and domain, and that partners reach it.
func (s *story) hosts(pool string) {
	s.Helper()
	s.routed("SIP", pool)
	if s.xmpp() {
		s.routed("XMPP", pool)
	}
	for _, domain := range s.org.Farm().Spec().SIPDomains {
		if got, want := s.published("fed."+domain, "A"), s.publicAddresses(pool); !sameSet(got, want) {
			s.Errorf("fed.%s has addresses %v, want %v", domain, got, want)
		}
		if got := s.published("_sipfederationtls._tcp."+domain, "SRV"); len(got) != 1 || !strings.Contains(got[0], "5061 fed."+domain) {
			s.Errorf("SRV of %s is %v", domain, got)
		}
	}
	for _, address := range s.publicAddresses(pool) {
		for _, port := range []uint16{5061, 5269} {
			if port == 5061 || s.xmpp() {
				s.answers(address, port)
			}
		}
	}
	if state := s.org.State(); state.Enabled != state.Signature {
		s.Errorf("the topology %s was published and not put in force", state.Signature)
	}
}

// routed checks flags and site routes of a protocol.
func (s *story) routed(protocol, pool string) {
	s.Helper()
	state := s.org.State()
	for _, site := range state.Sites {
		if got := map[string]string{"SIP": site.SIPRoute, "XMPP": site.XMPPRoute}[protocol]; got != pool {
			s.Errorf("site %s routes %s to %q, want %s", site.Name, protocol, got, pool)
		}
	}
	for _, p := range state.EdgePools {
		if on := map[string]bool{"SIP": p.SIP, "XMPP": p.XMPP}[protocol]; on != (p.FQDN == pool) {
			s.Errorf("pool %s has the %s flag %v", p.FQDN, protocol, on)
		}
	}
}

func (s *story) answers(address string, port uint16) {
	s.Helper()
	at := netip.AddrPortFrom(netip.MustParseAddr(address), port).String()
	if open := s.org.State().OpenPorts; !slices.Contains(open, at) {
		s.Errorf("%s does not answer; open are %v", at, open)
	}
}

// publishesOfAMove: one sets the flags of the new pool, another clears those of the old one.
const publishesOfAMove = 2

// acts counts the changes that a cmdlet made, without refused attempts.
func (s *story) acts(command, object string) int {
	n := 0
	for _, e := range s.org.Farm().Journal() {
		if e.Error == "" && e.Actor.Command == command && e.Object == object {
			n++
		}
	}
	return n
}

// setups counts how often setup ran on each Edge machine.
func (s *story) setups() map[string]int {
	out := map[string]int{}
	for _, m := range []string{"edge1.contoso.com", "edge2.contoso.com"} {
		out[m] = s.acts("Bootstrapper.exe", "Setup:"+m) + s.acts("Enable-CsComputer", "Setup:"+m)
	}
	return out
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// associated checks all three links of a Front End pool.
func (s *story) associated(frontEnds, edges string) {
	s.Helper()
	for _, p := range s.org.State().FrontEndPools {
		mediation := p.Mediation == edges || p.Mediation == "" // a pool may have no link for Mediation
		if p.FQDN == frontEnds && (p.Registrar != edges || p.Conferencing != edges || !mediation) {
			s.Errorf("pool %s is tied to %s, %s and %s, want %s", p.FQDN, p.Registrar, p.Conferencing, p.Mediation, edges)
		}
	}
}

// sameURLs checks that publishing left the simple URLs as they were.
func (s *story) sameURLs(before []farm.SimpleURLSet) {
	s.Helper()
	if len(before) == 0 {
		s.Error("the organization has no simple URLs to lose")
	}
	if diff := cmp.Diff(before, s.org.State().SimpleURLs); diff != "" {
		s.Errorf("simple URLs (-before +after):\n%s", diff)
	}
}
