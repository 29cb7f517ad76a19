package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/farm/topology"
)

// outside is what the route does not name, as it was last seen.
type outside struct {
	version int64
	values  map[string]string
	// persons are the things, such as a record or a pool's state, that somebody else than
	// fedroute has changed.
	persons map[string]bool
}

// meddled judges I6 and I12: fedroute has changed what the route does not name. Where a person
// had set it, that was done on purpose, and is undone.
func (j *Judge) meddled(what, format string, args ...any) {
	if j.persons[what] {
		j.broke("I12", format+", and which a person has set", args...)
		return
	}
	j.broke("I6", format, args...)
}

// recordOf gives name and type of a changed record, such as "fed.contoso.com A".
func recordOf(change string) string {
	f := strings.Fields(change[1:]) // name ttl type data
	return strings.TrimSuffix(f[0], ".") + " " + f[2]
}

// named reports whether the route names an object of the journal, or lets it be changed.
func (j *Judge) named(object string) bool {
	kind, rest, _ := strings.Cut(object, ":")
	of, property, _ := strings.Cut(strings.ReplaceAll(rest, `\`, " "), " ")
	switch {
	case kind == "Setup" || kind == "Service" || kind == "Services":
		return j.ofNamedPool(of)
	case kind == "EdgeServer":
		return j.ofNamedPool(of) && strings.Contains(property, "federation ")
	case property == "EdgeServer":
		return holds(j.terms.FrontEnds, of)
	}
	return kind == "Site" || kind == "Zone" || kind == "Topology" || kind == "Topology enabled" || strings.HasPrefix(kind, "SimpleUrl")
}

func holds(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

func (j *Judge) ofNamedPool(fqdn string) bool { return j.namedPool(fqdn) != "" }

// namedPool gives the pool that the route names and that has this name, or a machine with it; ""
// for none.
func (j *Judge) namedPool(fqdn string) string {
	for _, pool := range j.terms.Pools {
		if machines, err := j.farm.PoolMachines(pool); strings.EqualFold(pool, fqdn) || err == nil && holds(machines, fqdn) {
			return pool
		}
	}
	return ""
}

// settled gives the journal, and what the route does not name, both as of the same moment.
func (j *Judge) settled() ([]farm.Entry, *farm.Configuration) {
	for {
		before := len(j.farm.Journal())
		c := j.farm.Truth()
		if journal := j.farm.Journal(); len(journal) == before {
			return journal, c
		}
	}
}

// compare judges I6 and I12 where the journal does not show what a write has changed, such as
// that of a document. What changed together with a person's write counts as the person's.
func (j *Judge) compare(entries []farm.Entry, c *farm.Configuration) {
	if c.Version == j.version {
		return
	}
	now, person := j.unnamed(c), slices.ContainsFunc(entries, func(e farm.Entry) bool { return e.Error == "" && !j.theirs(e.Actor) })
	for what, value := range now {
		switch was := j.values[what]; {
		case was == value:
		case person:
			j.persons[what] = true
		case len(entries) > 0:
			j.meddled(what, "%s changed %s, which the route does not name, from %s to %s", entries[len(entries)-1].Actor, what, was, value)
		}
	}
	j.version, j.values = c.Version, now
}

// unnamed is the part of the configuration that the route does not name.
func (j *Judge) unnamed(c *farm.Configuration) map[string]string {
	d := c.Published
	out := map[string]string{
		"the Access Edge configuration": fmt.Sprintf("%#v", c.AccessEdge),
		"the XMPP gateway":              fmt.Sprint(c.XMPPGateway),
		"the XMPP partners":             fmt.Sprint(c.Partners),
		"the roles":                     fmt.Sprint(c.Roles),
		"the branch sites":              fmt.Sprint(c.Branches),
		"the state of Front End pools":  fmt.Sprint(c.Pools),
		"the store's place":             c.CMSPool,
		"the sites of the document":     fmt.Sprint(d.Sites, d.Domains, d.DefaultDomain),
		"the pools of the document":     fmt.Sprint(d.Clusters),
	}
	for _, s := range d.Services {
		pool := d.PoolOf(&s)
		if s.ID.Role == topology.RoleEdge && j.ofNamedPool(pool) {
			s.Ports = slices.DeleteFunc(slices.Clone(s.Ports), ofFederation)
		}
		if holds(j.terms.FrontEnds, pool) {
			s.DependsOn = slices.DeleteFunc(slices.Clone(s.DependsOn), func(id topology.ServiceID) bool { return id.Role == topology.RoleEdge })
		}
		out["the service "+s.ID.String()+" of the document"] = fmt.Sprint(s)
	}
	return out
}

// ofFederation reports whether a port belongs to one of the two check boxes of federation.
func ofFederation(p topology.Port) bool {
	return p.Owner == topology.OwnerXMPPProxy || p.Owner == topology.OwnerAccessEdge && p.Usage == topology.UsageSIPServer && p.Side == topology.SideExternal
}
