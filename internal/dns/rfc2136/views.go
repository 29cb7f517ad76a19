package rfc2136

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// otherView judges a refusal that says the records are no longer those that were read.
// Where the server, asked again, still shows them as they were read, and refuses again, a
// new plan would end the same way: the key leads to other data than questions do, as it
// does where the server chooses its view of the zone by the key. Any other refusal is
// given back as it is. Fault: Refused.
func (w *Writer) otherView(ctx context.Context, zone string, changes []dns.Change, refusal error) error {
	if !fault.Is(refusal, fault.WorldChanged) || !w.shownAsRead(ctx, changes) {
		return refusal
	}
	if again := w.submitPart(ctx, zone, changes, questionOf, dns.Always); !fault.Is(again, fault.WorldChanged) {
		return refusal
	}
	return act{zone: zone, server: w.config.Server}.fault(fault.Refused,
		fmt.Sprintf("the server shows the records as they were read, and refuses the update because they differ: %s", fault.Cause(refusal)),
		"the key probably leads to another view of the zone than questions do; set signQueries for the zone in spec.dns.servers, or let both see the same data")
}

// shownAsRead asks the server again and reports whether it shows every set as it was read.
func (w *Writer) shownAsRead(ctx context.Context, changes []dns.Change) bool {
	keys := make([]dns.Key, len(changes))
	for i, c := range changes {
		keys[i] = c.From.Key
	}
	s := newSession(w.config, w.config.Server)
	defer s.close()
	found, err := (&Reader{w.config}).lookUp(ctx, s, keys)
	if err != nil {
		return false
	}
	for _, c := range changes {
		if l := found[c.From.Key]; l.Barrier != dns.BarrierNone || !l.Set.Same(c.From) {
			return false
		}
	}
	return true
}
