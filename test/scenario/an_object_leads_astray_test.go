package scenario_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// trap listens where no object may lead the manager, on every port of a service that the
// manager uses, and counts who comes.
func (s *story) trap(network string, ports ...int) (host string, came *atomic.Int32) {
	s.Helper()
	host, came = fmt.Sprintf("%s.%d.%d", network, rand.IntN(250), 1+rand.IntN(250)), new(atomic.Int32)
	for _, port := range ports {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, port))
		s.must(err)
		s.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				came.Add(1)
				c.Close()
			}
		}()
	}
	return host, came
}

// TestNothingLeadsWhereTheManagerMayNotGo: an editor of one namespace names servers at addresses
// that the manager's flags deny, and its API server. Nothing is connected to; a neighbour with
// servers elsewhere is served.
func TestNothingLeadsWhereTheManagerMayNotGo(t *testing.T) {
	s := lonely(t, sampleFarm(t, "one-site-two-pools"))
	denied, came := s.trap("127.99", 5061, 5269, 5300, 5986, 8888)
	api := strings.TrimPrefix(plane.Config.Host, "https://")
	_, apiPort, err := net.SplitHostPort(api)
	s.must(err)

	topologies := map[string]struct{ url, krb5, says string }{
		"by-address":    {"https://" + denied + ":5986/wsman", "", "the manager may not connect to addresses in 127.99.0.0/16"},
		"in-ipv6":       {"https://[::ffff:" + denied + "]:5986/wsman", "", "the manager may not connect to addresses in 127.99.0.0/16"},
		"to-the-api":    {"https://" + api + "/wsman", "", "the manager does not connect to its API server"},
		"to-its-name":   {"https://localhost:" + apiPort + "/wsman", "", "the manager does not connect to its API server"},
		"another-port":  {"https://127.0.0.1:2379/wsman", "", "port 2379 is not among those that the manager may connect to"},
		"by-krb5-conf":  {s.org.Endpoints()[0].URL, "kdc = " + denied + ":8888", "KDC " + denied + ":8888: the manager may not connect to addresses in 127.99.0.0/16"},
		"by-a-kdc-port": {s.org.Endpoints()[0].URL, "kdc = 127.0.0.1:2379", "port 2379 is not among those"},
	}
	for name, c := range topologies {
		lt := s.topology()
		lt.ObjectMeta = s.named(name)
		lt.Spec.Management.Endpoints = lt.Spec.Management.Endpoints[:1]
		lt.Spec.Management.Endpoints[0].URL = v1alpha1.WSManURL(c.url)
		account := v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "edge"}}
		if c.krb5 != "" {
			account = v1alpha1.Authentication{Method: v1alpha1.AuthKerberos, SecretRef: v1alpha1.LocalReference{Name: name}}
			s.create(&corev1.Secret{ObjectMeta: s.named(name), StringData: map[string]string{"username": "fedroute", "realm": "CONTOSO.COM", "password": printable,
				"krb5.conf": "[realms]\n CONTOSO.COM = {\n " + c.krb5 + "\n }\n"}})
		}
		lt.Spec.Management.Accounts = v1alpha1.Accounts{Authentication: account}
		s.create(lt)
	}
	s.hire("--deny-cidr", "127.99.0.0/16", "--allow-cidr", "127.0.0.0/10", "--allow-port", "5300,8888,"+apiPort)
	for name, c := range topologies {
		s.topologySays(name, v1alpha1.ReasonUnreachable, c.says)
	}

	r := s.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) {
		for i := range r.Spec.DNS.Servers {
			r.Spec.DNS.Servers[i].Address, r.Spec.DNS.Servers[i].ReadBackFrom = denied+":5300", nil
		}
	})
	s.says(r, v1alpha1.ReasonUnreachable, denied+":5300", "the manager may not connect to addresses in 127.99.0.0/16")
	change(s, r, func(r *v1alpha1.FederationRoute) {
		for i := range r.Spec.DNS.Servers {
			r.Spec.DNS.Servers[i].Address, r.Spec.DNS.Servers[i].ReadBackFrom = s.org.DNSServers()[0], s.org.DNSServers()
		}
	})
	s.settled(r)
	s.must(s.org.Zones().Set("nora", "fed.contoso.com", "A", 1, denied)) // the record leads there until it is put back
	s.settled(r)
	if n := came.Load(); n != 0 {
		t.Errorf("%d connections came where the manager may not go", n)
	}
}
