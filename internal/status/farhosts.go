package status

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// farHosts warns of the SIP hosts that lie more than one label below their domain; "" for
// none. One public source reports partners that refuse such a host.
func farHosts(f Facts) string {
	var out []string
	for _, r := range f.Desired.Records {
		if r.Type != dns.SRV || !slices.Contains(r.Protocols, lync.SIP) {
			continue
		}
		_, domain, _ := strings.Cut(r.Name, "._tcp.")
		for _, data := range r.Data {
			service, err := dns.ParseService(data)
			if below := strings.TrimSuffix(service.Target, "."+domain); err == nil && strings.Contains(below, ".") && below != service.Target {
				out = append(out, fmt.Sprintf("%s lies more than one label below %s", service.Target, domain))
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + plan.Few(out) + ": partners were reported to refuse such a host (ms-diagnostics 1009); choose one right below the domain"
}
