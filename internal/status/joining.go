package status

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/plan"
)

// added is what becomes of the machines to which partners are not led yet.
const added = "the others are added as they answer"

// joined says of a run to which machines of the Edge pool it has led partners, while it
// still waits for others; "" where partners are led to none or to all.
func joined(r RunFacts) string {
	var led []string
	waits := false
	for _, e := range r.Entries {
		a, is := e.Step.Act.(plan.UpdateDNS)
		if !is || a.Joins.FQDN == "" {
			continue
		}
		if is = e.State == apply.Done || e.State == apply.Skipped; !is {
			waits = true
		} else if !slices.Contains(led, a.Joins.FQDN) {
			led = append(led, a.Joins.FQDN)
		}
	}
	if !waits || len(led) == 0 {
		return ""
	}
	return "; partners are led to " + strings.Join(led, ", ") + "; " + added
}

// partly says of the hosts that show some of the Edge pool's addresses and nothing else
// where they lead partners; "" for none.
func partly(f Facts) string {
	var out []string
	for _, want := range f.Desired.Records {
		part := f.Observed.Records[want.Key]
		found := part.Value.Set
		if want.Type == dns.SRV || !part.Known() || !found.Exists() || len(found.Data) >= len(want.Data) {
			continue
		}
		if !slices.ContainsFunc(found.Data, func(address string) bool { return !slices.Contains(want.Data, address) }) {
			out = append(out, fmt.Sprintf("%s: partners are led to %s", want.Name, found))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + plan.Few(out) + "; " + added
}
