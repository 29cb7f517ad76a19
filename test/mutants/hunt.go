package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// hunt judges mutants.
type hunt struct {
	*suites
	*ledger
	excuses map[string]string
	out     io.Writer
}

// judge judges the first place of each queue whose change compiles and of which the ledger
// does not tell yet, until the time ends, and prints what became of it. The tests have to
// pass so often unchanged before.
func (h hunt) judge(ctx context.Context, queues []queue, first int) error {
	var open []queue
	var heads []place
	for _, q := range queues {
		if _, is := h.judged[q.rank]; !is {
			open, heads = append(open, q), append(heads, q.places[0])
		}
	}
	together, err := h.together(ctx, heads)
	if err == nil {
		err = h.prove(ctx, together, first)
	}
	began, count := time.Now(), 0
	for _, q := range open {
		if err != nil {
			break
		}
		if err = h.decide(ctx, q, together); err == nil {
			count++
		}
	}
	if err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	t := h.tally(queues, h.excuses)
	if _, err := fmt.Fprintf(h.out, "%d of %d are judged, %d of them now, in %v\n%v\n", t.mutants, len(queues), count, time.Since(began).Round(time.Second), t); err != nil {
		return err
	}
	return t.tooManyExcuses()
}

// prove makes sure that the unchanged tests pass so often, once for all parts of a sample.
func (h hunt) prove(ctx context.Context, p *programs, first int) error {
	if h.steady >= first || len(p.mutants) == 0 {
		return nil
	}
	if err := p.repeat(ctx, first); err != nil {
		return err
	}
	return h.passed(first)
}

// decide judges one queue.
func (h hunt) decide(ctx context.Context, q queue, together *programs) error {
	p, by := q.places[0], together
	number := slices.Index(together.mutants, p)
	if number < 0 {
		var err error
		if p, by, err = h.alone(ctx, q, together); err != nil {
			return err
		}
		number = 0
	}
	verdict, err := by.ask(ctx, number)
	if err != nil {
		return err
	}
	r := result{identity: p.identity(), verdict: verdict}
	if err := h.note(q.rank, r); err != nil {
		return err
	}
	words := fmt.Sprintf("%s  %s", verdict, p)
	if why := h.excuses[r.identity]; why != "" && verdict == survived {
		words = fmt.Sprintf("excused  %s: %s", p, why)
	}
	_, err = fmt.Fprintln(h.out, words)
	return err
}

// together compiles the mutants into one set of programs, without those that the compiler
// refuses in that form, such as a boolean of a constant.
func (h hunt) together(ctx context.Context, mutants []place) (*programs, error) {
	for {
		p, err := h.compile(ctx, mutants)
		complaint, is := errors.AsType[*refused](err)
		if !is {
			return p, err
		}
		kept := slices.DeleteFunc(slices.Clone(mutants), complaint.complains)
		if len(kept) == len(mutants) {
			return nil, err
		}
		mutants = kept
	}
}

// alone compiles the first place of a queue whose change compiles by itself.
func (h hunt) alone(ctx context.Context, q queue, others *programs) (place, *programs, error) {
	for _, p := range q.places {
		one, err := h.compileOne(ctx, p, others)
		if _, is := errors.AsType[*refused](err); is {
			continue
		}
		return p, one, err
	}
	return place{}, nil, fmt.Errorf("no change of %s compiles", q.places[0].pkg)
}
