//go:build interop

package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// TestRealDNS: a DNS server of another project serves the public zone of a simulated
// organization. The chapters about a server run in order.
func TestRealDNS(t *testing.T) {
	chapters := []struct {
		name, what string
		tell       func(*realStory)
	}{
		{"create", "records are created", (*realStory).creates},
		{"change", "records follow a failover and the failback", (*realStory).changes},
		{"drift", "what a person edits is put back", (*realStory).repairs},
		{"others", "a record that somebody adds for the time when the route's own does not answer stays until a person consents", (*realStory).meetsOthers},
		{"obstacles", "CNAME, wildcard and delegation are named, and nothing is written", (*realStory).meetsObstacles},
		{"policy", "an account without rights is refused, and partners stay where they are", (*realStory).isRefused},
		{"wrong key", "a wrong key or password is told, and partners stay where they are", (*realStory).isDenied},
		{"200 domains", "200 domains of one route are created and moved", (*realStory).servesManyDomains},
	}
	for name, server := range realServers {
		t.Run(name, func(t *testing.T) {
			farm := sampleFarm(t, "one-site-two-pools")
			for name := range manyDomains {
				farm.Certificates.Names = append(farm.Certificates.Names, "fed."+name)
			}
			s := tell(t, farm)
			told := onServer(s, server.start(t))
			for _, c := range chapters {
				t.Run(c.name, func(t *testing.T) {
					t.Attr("case", fmt.Sprintf("The controller on %s: %s", name, c.what))
					t.Attr("with", server.packages)
					c.tell(told.in(t))
				})
			}
		})
	}
}

// realStory is a story whose zone is on a real server.
type realStory struct {
	*story
	server realServer
	route  *v1alpha1.FederationRoute
}

// onServer puts the route's zone on the server. The route does not exist yet.
func onServer(s *story, server realServer) *realStory {
	s.Helper()
	s.secret("real-key", server.key)
	for _, set := range []map[string]string{server.key, server.wrong} {
		for _, entry := range []string{"secret", "password"} {
			if set[entry] != "" {
				s.secrets = append(s.secrets, set[entry])
			}
		}
	}
	return &realStory{story: s, server: server}
}

// in reports what follows to t.
func (s *realStory) in(t *testing.T) *realStory {
	chapter, base := *s, *s.story
	base.T, chapter.story = t, &base
	if s.route != nil {
		return &chapter
	}
	chapter.route = chapter.publish("edge1.contoso.com", s.server.Addr)
	s.route = chapter.route
	return &chapter
}

// publish makes the route. Its records are read back from the servers.
func (s *realStory) publish(pool string, readBackFrom ...string) *v1alpha1.FederationRoute {
	s.Helper()
	return s.story.route(pool, func(r *v1alpha1.FederationRoute) {
		zone := v1alpha1.DNSServer{Zone: realZone, Address: s.server.Addr, ReadBackFrom: readBackFrom}
		name := v1alpha1.LocalReference{Name: "real-key"}
		if s.server.host == "" {
			zone.TSIGSecretRef = &name
		} else {
			zone.GSSTSIG = &v1alpha1.GSSTSIG{SecretRef: name, ServerName: v1alpha1.Hostname(s.server.host)}
		}
		r.Spec.DNS.Servers = []v1alpha1.DNSServer{zone}
	})
}

// leads checks with dig that DNS leads partners to the pool, and that the pool hosts them.
func (s *realStory) leads(pool string) {
	s.Helper()
	s.routed("SIP", pool)
	s.routed("XMPP", pool)
	s.serves(s.server.Server, pool)
}

// serves checks a server's answer.
func (s *realStory) serves(server nameserver.Server, pool string) {
	s.Helper()
	if got, want := server.Dig(s, "fed.contoso.com", "A"), s.publicAddresses(pool); !sameSet(got, want) {
		s.Errorf("fed.contoso.com has addresses %v, want %v", got, want)
	}
	for name, want := range map[string]string{
		"_sipfederationtls._tcp.contoso.com": "0 0 5061 fed.contoso.com.",
		"_xmpp-server._tcp.contoso.com":      "0 0 5269 fed.contoso.com.",
	} {
		if got := server.Dig(s, name, "SRV"); !sameSet(got, []string{want}) {
			s.Errorf("%s SRV is %v, want %s", name, got, want)
		}
	}
}

// readyAt waits until the route is Ready, and checks where it leads and the text of
// DNSPublished.
func (s *realStory) readyAt(pool string) {
	s.Helper()
	s.settled(s.route)
	s.leads(pool)
	published := meta.FindStatusCondition(s.route.Status.Conditions, v1alpha1.ConditionDNSPublished)
	if published == nil || strings.TrimPrefix(published.Message, "every authoritative server shows the records") != s.server.confirmed {
		s.Errorf("DNSPublished is %+v, want %q at its end", published, s.server.confirmed)
	}
}
