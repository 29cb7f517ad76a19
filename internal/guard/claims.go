package guard

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Claims are the switches that one route of an organization holds.
type Claims struct {
	Route    string // namespace/name
	Created  time.Time
	Switches []Switch
	// Shares: the route lets a younger one set a switch to what it wants itself. A route
	// does that where nothing keeps it from setting the switch.
	Shares bool
}

// Switch is one thing that two routes must not both set. Without a Name it stands for
// every switch of its Kind: a route that lists no sites also claims the sites that are not
// known yet.
type Switch struct {
	Kind string // "the SIP route of"
	Name string // "site Redmond"
	// Value is what the route sets the switch to, where two routes that agree about it may
	// both set it; else "".
	Value string
}

// String names the switch in a sentence.
func (s Switch) String() string { return s.Kind + " " + cmp.Or(s.Name, "every central site") }

// agrees reports whether two routes set the switch to the same value.
func (s Switch) agrees(o Switch) bool {
	return s.Value != "" && strings.EqualFold(s.Value, o.Value)
}

// folded is the form that is compared. The names of sites and hosts mean the same in upper
// and lower case, and with and without a final dot.
func (s Switch) folded() Switch {
	return Switch{Kind: s.Kind, Name: strings.ToLower(strings.TrimSuffix(s.Name, "."))}
}

// ClaimsOf lists the switches that a route's spec names: a site's route of a protocol, a
// Front End pool's association, a DNS record. Where the spec names something that does not
// exist, the route still claims all the rest: a mistyped name gives nothing away. The
// topology may be unknown (zero).
func ClaimsOf(in plan.Intent, t lync.Topology) []Switch {
	var out []Switch
	for _, p := range in.Protocols {
		kind := fmt.Sprintf("the %s route of", p.Protocol)
		for _, site := range p.Sites {
			out = append(out, Switch{kind, "site " + site, in.EdgePool})
		}
		if len(p.Sites) > 0 {
			continue
		}
		for _, site := range t.Sites {
			out = append(out, Switch{kind, "site " + site.Name, in.EdgePool})
		}
		out = append(out, Switch{Kind: kind, Value: in.EdgePool})
	}
	for _, fe := range in.FrontEnds {
		out = append(out, Switch{Kind: "the Edge association of", Name: "Front End pool " + fe.FQDN})
	}
	return append(out, RecordsOf(in, t)...)
}

// RecordsOf lists the DNS records among the switches of ClaimsOf. A name in DNS is the same
// whatever organization a route is about.
func RecordsOf(in plan.Intent, t lync.Topology) []Switch {
	var out []Switch
	for _, r := range plan.RecordClaims(in, t) {
		out = append(out, Switch{Kind: fmt.Sprintf("the %s record of", r.Type), Name: r.Name, Value: r.Value})
	}
	return out
}

// Holder finds the oldest route among the others that is older than mine and claims one of
// my switches, without sharing it. The order of the others does not matter.
func Holder(mine Claims, others []Claims) (route, claim string) {
	wanted := index(mine.Switches)
	oldest := mine
	for _, other := range others {
		if !Older(other, oldest) {
			continue
		}
		if s, ok := wanted.meet(other); ok {
			oldest, route, claim = other, other.Route, s.String()
		}
	}
	return route, claim
}

// switches are the switches that one route claims, by their folded form.
type switches struct {
	exact map[Switch]Switch
	first map[string]Switch // the first claim of each kind, for a switch that stands for the whole kind
}

func index(all []Switch) switches {
	s := switches{exact: map[Switch]Switch{}, first: map[string]Switch{}}
	for _, one := range all {
		s.exact[one.folded()] = one
		if _, ok := s.first[one.Kind]; !ok {
			s.first[one.Kind] = one
		}
	}
	return s
}

// meet finds the first of another route's switches that is claimed here too and that the
// other does not share.
func (s switches) meet(other Claims) (Switch, bool) {
	for _, theirs := range other.Switches {
		mine, named, ok := s.find(theirs)
		if ok && !(other.Shares && mine.agrees(theirs)) {
			return named, true
		}
	}
	return Switch{}, false
}

// find finds the switch of mine that is, or contains, or belongs to theirs. named is the
// narrower one of the two, which a sentence names.
func (s switches) find(theirs Switch) (mine, named Switch, ok bool) {
	if mine, ok = s.exact[theirs.folded()]; ok {
		return mine, mine, true
	}
	if mine, ok = s.exact[Switch{Kind: theirs.Kind}]; ok {
		return mine, theirs, true
	}
	mine, ok = s.first[theirs.Kind]
	return mine, mine, ok && theirs.Name == ""
}

// Older reports whether route a, and not b, holds a switch that both claim. It goes by
// age, then by name, so that the two never hold it both.
func Older(a, b Claims) bool {
	if !a.Created.Equal(b.Created) {
		return a.Created.Before(b.Created)
	}
	return a.Route < b.Route
}
