package shell

import (
	"context"
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/internal/fault"
)

// setRequest is a recordsRequest with one change, as the function of the endpoint kit takes
// it: its parameters are texts, so that the host can check each value before anything runs.
type setRequest struct {
	Zone, Name, Type, Ttl string
	Before, After         []string
}

func (c recordsChange) request(zone string) setRequest {
	return setRequest{Zone: zone, Name: c.Name, Type: string(c.Type), Ttl: c.TTL, Before: c.Before, After: c.After}
}

// setBySet carries out a request one set a call, in the order of the script: every set is
// compared before the first change, addresses are added before services change and removed
// after that. Faults beside those of Write: Failed when a later call fails.
func (z *ZoneWriter) setBySet(ctx context.Context, op string, request recordsRequest, may func() error) error {
	passes := passesOf(request.Changes)
	for i, c := range passes {
		err := z.set(ctx, op, c, may)
		if err == nil {
			continue
		}
		if slices.ContainsFunc(passes[:i], recordsChange.differs) && !fault.Is(err, fault.OutcomeUnknown) {
			return &fault.Error{Kind: fault.Failed, Op: op, Target: z.access.Zone, Err: err,
				Cause: fmt.Sprintf("%s; other sets of zone %s were written before that: it holds a part of the change", fault.Cause(err), z.access.Zone)}
		}
		return err
	}
	return nil
}

// set carries out one call: it asks may where the call changes something, and verifies the
// reply.
func (z *ZoneWriter) set(ctx context.Context, op string, c recordsChange, may func() error) error {
	if c.differs() {
		if err := may(); err != nil {
			return err
		}
	}
	reply, err := z.send(ctx, op, c.request(z.access.Zone))
	if err != nil {
		return err
	}
	return z.verify([]recordsChange{c}, reply)
}

// passesOf lists the calls for the changes: comparisons, additions, removals of addresses.
func passesOf(changes []recordsChange) []recordsChange {
	if len(changes) == 1 {
		return changes // one call of the script does all of it
	}
	var compare, add, remove []recordsChange
	for _, c := range changes {
		look := c
		look.After, look.TTL = c.Before, ""
		compare = append(compare, look)
		if !c.differs() {
			continue
		}
		if both := union(c.Before, c.After); rank(c.Type) == 0 && len(both) > len(c.After) {
			shrink := c
			shrink.Before, c.After = both, both
			remove = append([]recordsChange{shrink}, remove...)
			if len(shrink.After) == 0 {
				continue // no value stays that could get another TTL
			}
		}
		add = append(add, c)
	}
	return slices.Concat(compare, add, remove)
}

// differs reports whether the call may change something.
func (c recordsChange) differs() bool {
	return c.TTL != "" || !slices.Equal(sorted(c.Before), sorted(c.After))
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}
