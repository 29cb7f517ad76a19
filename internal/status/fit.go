package status

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// The API server refuses an object of more than 1.5 MB, and then the object has no status at
// all. These bounds of the lists leave room for everything else. An Edge pool has about 500
// bytes as JSON, a step 300 and a site 150.
const (
	listBytes  = 300_000
	shortBytes = 100_000
)

// fit cuts the lists of what an organization has to what the API server takes, and says how
// much is left out; "" for nothing.
func fit(s *v1alpha1.LyncTopologyStatus) string {
	return tooSmall("the organization",
		keep(&s.Sites, "sites", listBytes), keep(&s.EdgePools, "Edge pools", listBytes), keep(&s.FrontEndPools, "Front End pools", listBytes))
}

// fitRoute does the same for a route. The sets of records in adopted and the entries of
// history are bounded otherwise: by the spec, and by their number.
func fitRoute(s *v1alpha1.FederationRouteStatus) string {
	steps := ""
	if s.Plan != nil {
		steps = keepSteps(s.Plan)
	}
	return tooSmall("the route", steps, keep(&s.Drift, "fields of drift", listBytes), keep(&s.Owed, "owed parts", shortBytes),
		keep(&s.Absent, "absent machines", shortBytes), keep(&s.Reversals, "reversals", shortBytes))
}

// tooSmall names the lists that were cut; "" where none was.
func tooSmall(what string, lists ...string) string {
	lists = slices.DeleteFunc(lists, func(list string) bool { return list == "" })
	if len(lists) == 0 {
		return ""
	}
	return "this status is too small for " + what + " and shows " + strings.Join(lists, ", ")
}

// keep keeps the first items of a list, and says how many of how many.
func keep[T any](list *[]T, what string, bytes int) string {
	size, all := 0, *list
	for i := range all {
		text, err := json.Marshal(all[i])
		if size += len(text); err != nil || size > bytes {
			*list = all[:i:i]
			return fmt.Sprintf("%d of %d %s", i, len(all), what)
		}
	}
	return ""
}

// and adds a sentence to what is found; "" adds none.
func (f finding) and(more string) finding {
	if more != "" {
		f.message += "; " + more
	}
	return f
}
