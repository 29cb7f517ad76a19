package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// hunt judges mutants.
type hunt struct {
	*suites
	excused []excuse
	out     io.Writer
}

// judge judges the first place of each queue whose change compiles, and prints what became
// of it. The tests have to pass so often unchanged before.
func (h hunt) judge(ctx context.Context, queues [][]place, first int) error {
	var heads []place
	for _, queue := range queues {
		heads = append(heads, queue[0])
	}
	together, err := h.together(ctx, heads)
	if err != nil {
		return err
	}
	if err := together.steady(ctx, first); err != nil {
		return err
	}
	var judged tally
	for _, queue := range queues {
		r := result{place: queue[0]}
		if number := slices.Index(together.mutants, queue[0]); number >= 0 {
			r.verdict, err = together.ask(ctx, number)
		} else {
			r, err = h.alone(ctx, queue, together)
		}
		if err != nil {
			return err
		}
		r.excuse = excuseOf(h.excused, r.place)
		judged.add(r)
		if _, err := fmt.Fprintln(h.out, r); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(h.out, judged); err != nil {
		return err
	}
	return judged.tooManyExcuses()
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

// alone judges the first place of a queue whose change compiles by itself.
func (h hunt) alone(ctx context.Context, queue []place, measured *programs) (result, error) {
	for _, p := range queue {
		one, err := h.compileOne(ctx, p)
		if _, is := errors.AsType[*refused](err); is {
			continue
		}
		if err != nil {
			return result{}, err
		}
		one.took = measured.took
		verdict, err := one.ask(ctx, 0)
		return result{place: p, verdict: verdict}, err
	}
	return result{}, fmt.Errorf("no change of %s compiles", queue[0].pkg)
}
