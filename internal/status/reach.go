package status

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// closedPorts says which ports did not answer, and what that means for partners; "" for
// none. It means little as long as another Edge pool hosts the protocol.
func closedPorts(f Facts) string {
	var inUse, unused []string
	for _, t := range f.Desired.Targets {
		r := f.Observed.Ports[t]
		if r.Answers() {
			continue
		}
		text := fmt.Sprintf("port %d of %s: %s", t.Protocol.Port(), machinesAt(f.Desired.Pool, t.Address), cmp.Or(r.Detail, "not asked yet"))
		if hosted(f, t.Protocol) {
			inUse = append(inUse, text)
		} else {
			unused = append(unused, text)
		}
	}
	var out []string
	if len(inUse) > 0 {
		out = append(out, plan.Few(inUse)+"; partners may not get through; look at the Edge server's services and its firewall")
	}
	if len(unused) > 0 && f.active() {
		out = append(out, plan.Few(unused)+"; so it was when the plan began; the plan asks again before DNS moves")
	} else if len(unused) > 0 {
		out = append(out, plan.Few(unused)+"; partners are not led there yet; each must answer before DNS leads there")
	}
	return strings.Join(out, "; ")
}

// machinesAt names an external address by the machines that have it; behind a load
// balancer these are several.
func machinesAt(pool lync.EdgePool, address netip.Addr) string {
	var names []string
	for _, s := range pool.Servers {
		if slices.Contains(s.ExternalAddresses, address) {
			names = append(names, s.FQDN)
		}
	}
	if len(names) == 0 {
		return address.String()
	}
	return fmt.Sprintf("%s (%s)", strings.Join(names, ", "), address)
}

// late says which authoritative servers answer and do not show a record that
// the primary has; "" for none.
func late(f Facts) string {
	var out []string
	for _, l := range laggards(f) {
		if text := fmt.Sprintf("%s does not show %s yet", l.Server, l.Want.Key); l.Err == nil && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "the primary has the records, " + plan.Few(out) + "; some partners see the old ones; it is looked at again"
}

// unasked names the authoritative servers that could not be asked; "" for none. What they
// show is unknown, and nothing waits for them.
func unasked(f Facts) string {
	var out []string
	for _, l := range laggards(f) {
		if text := fmt.Sprintf("%s cannot be asked (%s)", l.Server, fault.Cause(l.Err)); l.Err != nil && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ", as far as they can be asked; " + plan.Few(out) + "; what partners see there is unknown; it is asked again"
}

// doubts names the zones whose last update did not get a proper answer, and how each update
// was confirmed; "" for none. It reads that from history, so that a new leader says the
// same.
func doubts(f Facts, history []v1alpha1.HistoryEntry) string {
	var out []string
	seen := map[string]bool{}
	for _, r := range f.Desired.Records {
		if seen[r.Zone] {
			continue
		}
		seen[r.Zone] = true
		i := slices.IndexFunc(history, func(h v1alpha1.HistoryEntry) bool {
			return h.Kind == string(plan.KindUpdateDNS) && h.Target == f.Desired.ZoneTarget(r.Zone)
		})
		if i >= 0 && history[i].Result == v1alpha1.StepDone && history[i].Message != "" {
			out = append(out, fmt.Sprintf("when zone %s was updated %s", r.Zone, history[i].Message))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; " + strings.Join(out, "; ")
}

// laggards are the authoritative servers that do not show a wanted record or
// could not be asked for it.
func laggards(f Facts) []dns.Laggard {
	wanted := make([]dns.RRSet, len(f.Desired.Records))
	found := make(map[dns.Key]dns.Lookup, len(wanted))
	for i, r := range f.Desired.Records {
		wanted[i], found[r.Key] = r.RRSet, f.Observed.Records[r.Key].Value
	}
	_, servers := dns.Published(found, wanted)
	return servers
}
