package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

// simpleURLs puts back what a publish that nobody saw end may have emptied.
func (c comparison) simpleURLs() Plan {
	var p Plan
	if c.o.SimpleURLs == "" || !c.d.ManageFlags {
		return p
	}
	p.differ(c.d.firstAspect(), "simple URLs", "as before the last publish", "not seen restored")
	p.step(Step{Target: "simple URLs", From: "not seen restored", To: "as before the last publish", Act: RestoreSimpleURLs{Kept: c.o.SimpleURLs}})
	return p
}

// firstAspect is the aspect of what all protocols have in common.
func (d Desired) firstAspect() Aspect {
	if len(d.Protocols) > 0 {
		return aspectOf(d.Protocols[0].Protocol)
	}
	return AspectServices
}

// enable finishes a publish of fedroute's own that ended between Publish-CsTopology and
// Enable-CsTopology. The flags of such a publish read as set, but its document is in force
// nowhere, and no replica would ever carry it. So it is drift even where nothing else
// differs. A topology that somebody else published and did not enable is left alone. Where
// replicas of that topology have to be waited for, an obstacle holds the store.
func (c comparison) enable(changed change, waits bool) Plan {
	var p Plan
	if len(changed.flags) > 0 || !c.d.ManageFlags {
		return p
	}
	i := slices.IndexFunc(c.d.Pool.Servers, func(s lync.EdgeServer) bool { return c.o.Topology.NotEnabled(s, c.o.server(s)) })
	if i < 0 {
		return p
	}
	aspect, machine := c.d.firstAspect(), c.d.Pool.Servers[i].FQDN
	own := c.o.Document.Known() && c.o.Document.Value != "" && c.o.Document.Value == c.o.Published
	switch {
	case own:
		p.differ(aspect, "published topology", "enabled", "not in force on "+machine)
		p.step(Step{Stage: c.stage(), Target: "topology", From: "published, not in force on " + machine, To: "enabled", Act: PublishFlags{}})
	case waits && !c.o.Document.Known():
		p.obstruct(aspect, c.o.Document.Err, theStore)
	case waits:
		p.obstruct(aspect, fault.New(fault.Refused, "replicate the topology to", machine, "somebody else published the topology and it was never enabled").
			With("no replica will carry it and nothing was changed", "run Enable-CsTopology, or publish it again in Topology Builder"), theStore)
	}
	return p
}
