package status

import (
	"maps"
	"strings"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/plan"
)

// Adopted gives, by key, the hash of each set of records when status last saw it as the
// route wants it.
func Adopted(s v1alpha1.FederationRouteStatus) map[dns.Key]string {
	out := map[dns.Key]string{}
	for key, hash := range s.Adopted {
		if name, kind, ok := strings.Cut(key, " "); ok {
			out[dns.Key{Name: name, Type: dns.Type(kind)}] = hash
		}
	}
	return out
}

// adopted is what status knows from now on of the route's own sets: those of before that
// are wanted still, those that runs wrote, and those that were seen as wanted.
func adopted(f Facts) map[string]string {
	out := map[string]string{}
	maps.Copy(out, f.Previous.Adopted)
	for _, run := range f.Earlier {
		written(run, out)
	}
	if f.Run != nil {
		written(*f.Run, out)
	}
	if f.observed() {
		out = stillWanted(f, out)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// stillWanted keeps what is known of the wanted sets, and adds those that are as wanted.
func stillWanted(f Facts, known map[string]string) map[string]string {
	wanted := map[string]string{}
	for _, want := range f.Desired.Records {
		key, part := want.Key.String(), f.Observed.Records[want.Key]
		if part.Known() && part.Value.Set.Same(want.RRSet) {
			wanted[key] = want.Hash()
		} else if hash, ok := known[key]; ok {
			wanted[key] = hash
		}
	}
	return wanted
}

// written adds the sets that a run has written.
func written(run RunFacts, to map[string]string) {
	for _, e := range run.Entries {
		update, ok := e.Step.Act.(plan.UpdateDNS)
		if !ok || e.State != apply.Done && e.State != apply.Skipped {
			continue
		}
		for _, c := range update.Changes {
			to[c.To.Key.String()] = c.To.Hash()
		}
	}
}
