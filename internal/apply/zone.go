package apply

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// mayWrite asks the zones of the plan, before its first step, whether they would accept
// the changes. Otherwise a wrong key would show only after flags and routes have changed.
// The steps of a zone that refuses fail. Where every zone refuses, so does the run.
func (r *Run) mayWrite(ctx context.Context, s *schedule) error {
	var group contain.Group
	group.SetLimit(sideBySide)
	refused, asked := make([]error, len(r.Plan.Steps)), 0
	first := map[string]int{} // by zone: the step that asks for all that machines join
	for n, step := range r.Plan.Steps {
		update, ok := step.Act.(plan.UpdateDNS)
		if !ok || s.stand[n] == barred {
			continue
		}
		zone, ok := r.hands.Zones[update.Zone]
		if !ok {
			continue
		}
		asked++
		if _, is := first[update.Zone]; is {
			continue
		}
		first[update.Zone] = n
		group.Go(opCarryOut, r.Plan.ID, func() error {
			refused[n] = contain.Run(string(step.Kind()), step.Target, func() error { return refusal(zone.Writer.Check(ctx, update.Changes)) })
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for n, step := range r.Plan.Steps {
		if update, ok := step.Act.(plan.UpdateDNS); ok && s.stand[n] != barred {
			if asks, is := first[update.Zone]; is {
				refused[n] = refused[asks]
			}
		}
	}
	return r.refuse(s, refused, asked)
}

// refuse ends the steps of the zones that refuse, and, where the plan wants its records first,
// the steps that lead sites elsewhere. Its error ends the run: no zone of those that were
// asked takes the changes, and the spec does not say to leave them.
func (r *Run) refuse(s *schedule, refused []error, asked int) error {
	effect, first, count := "the zone was not changed, and the rest of the plan goes on", error(nil), 0
	for _, err := range refused {
		if err != nil {
			count++
		}
	}
	none := count == asked && !r.Plan.LeavesBehind
	switch {
	case none:
		effect = "nothing was changed and no step of the plan was begun"
	case r.Plan.RecordsFirst:
		effect = "the zone was not changed, and federation stays where it is while the new Edge pool is made ready"
	}
	for n, err := range refused {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok {
			continue
		}
		err = f.With(effect, f.Next)
		first = cmp.Or(first, err)
		r.journal.start(n, r.hands.Clock.Now())
		r.journal.end(n, r.hands.Clock.Now(), outcome{err: err})
		s.end(n, err)
		r.tellHeld(s, n, err)
	}
	if none {
		return first
	}
	if first != nil && r.Plan.RecordsFirst {
		r.stay(s, first)
	}
	return nil
}

// stay bars the steps that lead sites elsewhere.
func (r *Run) stay(s *schedule, err error) {
	for n, step := range r.Plan.Steps {
		if step.Kind() == plan.KindSetSiteRoute {
			s.end(n, err)
			r.journal.note(n, "held: "+fault.Sentence(err))
			r.tellHeld(s, n, err)
		}
	}
}

// refusal gives the error only where it means that the server refuses the changes. A
// missing answer does not mean that. Nor does an answer that cannot be judged, or that of
// a server that does not understand the question.
func refusal(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.OutcomeUnknown || f.Kind == fault.Busy || f.Kind == fault.Internal {
		return nil
	}
	return f
}

// updateDNS writes all changes of a zone at once, on the condition that the records are
// still as they were read, and that the ports to which they lead answer. When no answer came,
// or one that anybody may have sent, it reads the zone to see whether the change was made. It
// never sends the change again.
func (w work) updateDNS(ctx context.Context, s plan.Step, a plan.UpdateDNS) (bool, error) {
	zone, ok := w.hands.Zones[a.Zone]
	if !ok {
		return false, fault.New(fault.Internal, "update", s.Target, "no writer was made for it")
	}
	keys := make([]dns.Key, 0, len(a.Changes))
	for _, c := range a.Changes {
		keys = append(keys, c.To.Key)
	}
	found, err := zone.Reader.Read(w.looks, keys)
	if err != nil {
		return false, err
	}
	due := a.Due(found)
	if onPrimary(found, due) {
		return true, nil
	}
	began := w.hands.Clock.Now()
	sent := zone.Writer.Write(ctx, due, func() error { return w.portsAnswer(ctx, s, a.Ports) })
	w.tellUpdate(a.Zone, due, w.hands.Clock.Now().Sub(began), sent)
	if sent != nil && !fault.Is(sent, fault.OutcomeUnknown) {
		return false, sent
	}
	err = w.untilPublished(ctx, zone, s, due, keys, sent)
	if err == nil && sent != nil {
		w.remark(fault.Cause(sent) + "; confirmed by reading back")
	}
	return false, err
}

// untilPublished reads back until every authoritative server that can be asked shows the
// records. The step fails where the primary never shows them. Another server that lags or
// cannot be asked does not fail the step; the condition DNSPublished names it. sent is the
// error of a write whose outcome is unknown; nil when the write was confirmed.
func (w work) untilPublished(ctx context.Context, zone Zone, s plan.Step, changes []dns.Change, keys []dns.Key, sent error) error {
	applied := false
	err := w.until(ctx, w.limits.bound(plan.KindUpdateDNS), func() (bool, string, error) {
		found, err := zone.Reader.Read(ctx, keys)
		if err != nil {
			return false, "", err
		}
		applied = onPrimary(found, changes)
		if !applied && sent != nil && !errors.Is(sent, dns.ErrUnverified) {
			return false, "", sent
		}
		published, late := dns.Published(found, wanted(changes))
		return published, "waits for " + strings.Join(serversOf(late), ", "), nil
	}, func(string) error { return nil })
	switch {
	case err != nil || applied:
		return err
	case sent != nil:
		return fault.New(fault.Failed, "verify", s.Target, fault.Cause(sent)+", and the server does not show the change").
			With("the records are as before", "compare key and server name with the server's, and look for somebody who answers in its place")
	default:
		return fault.New(fault.Failed, "verify", s.Target, "the server accepted the update and does not show it").
			With("the records are as before", "look for a CNAME or a zone cut at these names on the server")
	}
}

// onPrimary reports whether the primary shows every change.
func onPrimary(found map[dns.Key]dns.Lookup, changes []dns.Change) bool {
	return !slices.ContainsFunc(changes, func(c dns.Change) bool {
		l, ok := found[c.To.Key]
		return !ok || !l.Set.Same(c.To)
	})
}

func wanted(changes []dns.Change) []dns.RRSet {
	sets := make([]dns.RRSet, len(changes))
	for i, c := range changes {
		sets[i] = c.To
	}
	return sets
}

// serversOf names the servers that answer and do not show a record, each once.
func serversOf(late []dns.Laggard) []string {
	var out []string
	for _, l := range late {
		if l.Err == nil && !slices.Contains(out, l.Server) {
			out = append(out, l.Server)
		}
	}
	return out
}
