package sim

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestClosedMachinesStayClosed: what is still under way in the farm when the
// organization closes must not open its ports again.
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

// TestOneDescriptionStartsTwice: starting fills in addresses, and must not do so
// in the description that the next organization is started from.
func TestOneDescriptionStartsTwice(t *testing.T) {
	spec, err := farm.Load(filepath.Join(samples, "one-site-two-pools.yaml"))
	must(t, err)
	for range 2 {
		o, err := Start(t.Context(), Config{Spec: spec})
		must(t, err)
		t.Cleanup(o.Close)
	}
}
