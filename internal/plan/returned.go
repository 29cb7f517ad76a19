package plan

import (
	"slices"

	"github.com/fedroute/fedroute/internal/lync"
)

// LeftPool is an Edge pool that federation left, and the digest of the topology document in
// which its flags were cleared.
type LeftPool struct{ EdgePool, Document string }

// returned clears flags that have returned on pools that federation left lately. A colleague
// had the document of before the move open, and published it. Only a document that is with
// the cleared flags again what it was after the move is published: anything else in it is
// somebody's wish. What the move itself has to publish comes first.
func (c comparison) returned(changed change) Plan {
	var p Plan
	if !c.d.ManageFlags || len(changed.later) > 0 || c.o.Topology.Unread(lync.PartSites) != nil {
		return p
	}
	byDocument := map[string][]lync.Flag{}
	var documents []string
	for _, left := range c.d.LeftLately {
		flags := c.returnedTo(left)
		if len(flags) > 0 && !slices.Contains(documents, left.Document) {
			documents = append(documents, left.Document)
		}
		byDocument[left.Document] = append(byDocument[left.Document], flags...)
	}
	for _, document := range documents {
		for _, f := range byDocument[document] {
			p.toSet(aspectOf(f.Protocol), flagSetting(f), onOff(true))
		}
		clear := publish(byDocument[document])
		clear.Stage, clear.Act = Leaving, PublishFlags{Flags: byDocument[document], Expects: document}
		p.step(clear)
	}
	return p
}

// returnedTo gives the flags to clear on a pool that federation left.
func (c comparison) returnedTo(left LeftPool) []lync.Flag {
	var out []lync.Flag
	pool, found := c.o.Topology.EdgePool(left.EdgePool)
	if !found || left.Document == "" || c.d.keeps(pool.FQDN) {
		return nil
	}
	for _, p := range c.d.Protocols {
		f := lync.Flag{Pool: pool.FQDN, Protocol: p.Protocol}
		named := slices.ContainsFunc(flagsOf(c.d, c.o, p), func(o lync.Flag) bool { return o == f })
		if pool.Enabled(p.Protocol) && !named && !c.d.leaves(flagSetting(f)) && !c.o.servesOthers(pool.FQDN, p, c.d.Left) {
			out = append(out, f)
		}
	}
	return out
}
