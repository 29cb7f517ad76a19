package sim

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestClosedMachinesStayClosed checks that work that still runs in the farm when the
// organization closes does not open its ports again.
func TestClosedMachinesStayClosed(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	o.Close()
	must(t, o.farm.SetSiteRoute(farm.Actor{User: "late"}, "Redmond", farm.SIP, "edge2.contoso.com"))
	for _, e := range o.Endpoints() {
		address := strings.TrimSuffix(strings.TrimPrefix(e.URL, "https://"), "/wsman")
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			t.Errorf("%s still answers on %s", e.Machine, address)
		}
	}
}

// TestOneDescriptionStartsTwice checks that starting an organization does not change its
// description. Starting fills in addresses, and the next organization may be started from
// the same description.
func TestOneDescriptionStartsTwice(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	for range 2 {
		o, err := Start(t.Context(), Config{Spec: spec})
		must(t, err)
		t.Cleanup(o.Close)
	}
}

// TestEveryPortIsOpenedByListen checks that an organization on another network opens nothing
// on the machine's own.
func TestEveryPortIsOpenedByListen(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	opened := map[string]bool{}
	o, err := Start(t.Context(), Config{Spec: spec, Listen: func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		if err == nil {
			opened[l.Addr().String()] = true
		}
		return l, err
	}})
	must(t, err)
	t.Cleanup(o.Close)
	open := []string{strings.TrimPrefix(o.AdminURL(), "http://")}
	open = append(open, o.DNSServers()...)
	for _, e := range o.Endpoints() {
		open = append(open, strings.TrimSuffix(strings.TrimPrefix(e.URL, "https://"), "/wsman"), strings.TrimSuffix(strings.TrimPrefix(e.HTTPURL, "http://"), "/wsman"))
	}
	for _, at := range o.edges.Addresses() {
		open = append(open, at.String())
	}
	for _, at := range open {
		if at != "" && !opened[at] {
			t.Errorf("%s was opened in another way", at)
		}
	}
	// DNS is served over TCP only.
	if c, err := net.ListenPacket("udp", o.DNSServers()[0]); err != nil {
		t.Errorf("DNS listens for datagrams: %v", err)
	} else {
		_ = c.Close()
	}
}
