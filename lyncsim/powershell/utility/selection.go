package utility

import (
	"context"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func selectObject() cmdlet {
	return cmdlet{name: "Select-Object",
		heeds: "InputObject Property ExcludeProperty ExpandProperty First Last Skip SkipLast Index SkipIndex Unique CaseInsensitive Wait",
		begin: beginSelection,
		process: eachSubject(func(ctx context.Context, c *powershell.Call, item any) error {
			return c.State.(*selection).take(ctx, c, item)
		}),
		end: func(ctx context.Context, c *powershell.Call) error { return c.State.(*selection).finish(ctx, c) },
	}
}

// selection is the state of a running Select-Object.
type selection struct {
	columns []column
	indexes []int // positions given by -Index or -SkipIndex
	limited bool  // -First is given
	first   int   // objects that -First still lets through
	skip    int   // objects still to leave out
	held    []any // candidates for -Last, or what -SkipLast may leave out
	seen    []any // what -Unique has let through
	count   int   // objects seen so far
	present bool  // project only properties that an object has
}

func beginSelection(_ context.Context, c *powershell.Call) error {
	list, err := columns(value.Unroll(c.Value("Property")))
	if err != nil {
		return err
	}
	if len(list) == 0 && c.Has("ExcludeProperty") && c.Runspace().Edition() == powershell.Core7 {
		list = []column{{name: "*"}}
	}
	s := &selection{columns: list, limited: c.Has("First"), first: c.Int("First"), skip: c.Int("Skip")}
	for _, v := range append(value.Unroll(c.Value("Index")), value.Unroll(c.Value("SkipIndex"))...) {
		n, _ := value.ToInt(v)
		s.indexes = append(s.indexes, int(n))
	}
	c.State = s
	return nil
}

// take handles one input object: it lets the object through, holds it or leaves it out.
func (s *selection) take(ctx context.Context, c *powershell.Call, item any) error {
	if item == nil {
		return nil
	}
	s.count++
	switch {
	case c.Has("SkipIndex"):
		if slices.Contains(s.indexes, s.count-1) {
			return nil
		}
		return s.emit(ctx, c, item)
	case len(s.indexes) > 0:
		return s.indexed(ctx, c, item)
	case c.Has("Last") && !s.limited:
		s.held = append(s.held, item)
		return nil
	case s.skip > 0:
		s.skip--
		return nil
	case c.Has("SkipLast"):
		s.held = append(s.held, item)
		return nil
	case !s.limited:
		return s.emit(ctx, c, item)
	}
	return s.among(ctx, c, item)
}

// among lets the first objects through and keeps the others for -Last.
func (s *selection) among(ctx context.Context, c *powershell.Call, item any) error {
	if s.first <= 0 {
		s.held = append(s.held, item)
	} else {
		s.first--
		if err := s.emit(ctx, c, item); err != nil {
			return err
		}
	}
	if s.first <= 0 && !c.Has("Last") && !c.On("Wait") {
		return c.Stop()
	}
	return nil
}

func (s *selection) indexed(ctx context.Context, c *powershell.Call, item any) error {
	if slices.Contains(s.indexes, s.count-1) {
		if err := s.emit(ctx, c, item); err != nil {
			return err
		}
	}
	if s.count > slices.Max(s.indexes) && !c.On("Wait") {
		return c.Stop()
	}
	return nil
}

// finish lets through the objects that had to wait for the last object.
func (s *selection) finish(ctx context.Context, c *powershell.Call) error {
	held := s.held
	switch {
	case c.Has("SkipLast"):
		held = held[:max(0, len(held)-c.Int("SkipLast"))]
	case c.Has("Last"):
		held = held[:max(0, len(held)-s.skip)]
		held = held[max(0, len(held)-c.Int("Last")):]
	default:
		return nil
	}
	for _, item := range held {
		if err := s.emit(ctx, c, item); err != nil {
			return err
		}
	}
	return nil
}

// out lets an object through. With -Unique it lets equal objects through only once.
func (s *selection) out(c *powershell.Call, item any) error {
	if !c.On("Unique") {
		return c.EmitWhole(item)
	}
	for _, have := range s.seen {
		same := compareAny(c, have, item, !c.On("CaseInsensitive")) == 0
		if len(s.columns) > 0 && !c.Has("ExpandProperty") {
			same = sameProjection(c, have, item, !c.On("CaseInsensitive"))
		}
		if same {
			return nil
		}
	}
	s.seen = append(s.seen, item)
	return c.EmitWhole(item)
}
