package sim

import (
	"net"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/sim/farm"
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
