package status

import (
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// otherCertificates names the ports that show partners another certificate than is assigned on
// the machines behind them; "" for none. Of a port that shows none, and of machines whose
// certificate is unknown, it says nothing.
func otherCertificates(f Facts) string {
	var out []string
	for _, t := range f.Desired.Targets {
		shown := f.Observed.Ports[t].Thumbprint
		if assigned := assignedAt(f, t.Address.String()); shown != "" && len(assigned) > 0 && !slices.Contains(assigned, shown) {
			out = append(out, fmt.Sprintf("port %d of %s", t.Protocol.Port(), machinesAt(f.Desired.Pool, t.Address)))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; partners see another certificate than is assigned at " + plan.Few(out) + ": restart the services of its machines, or look for something before them that ends TLS"
}

// assignedAt lists the thumbprints of the certificates of the machines that have an external
// address; none where one of them is unknown.
func assignedAt(f Facts, address string) []string {
	var out []string
	for _, s := range f.Desired.Pool.Servers {
		for _, a := range s.ExternalAddresses {
			if a.String() != address {
				continue
			}
			part, read := f.Observed.Certificates[lync.HostOf(s.FQDN)]
			if !read || !part.Known() {
				return nil
			}
			out = append(out, part.Value.Thumbprint)
		}
	}
	return out
}
