package utility

import (
	"context"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func compareObject() cmdlet {
	return cmdlet{name: "Compare-Object",
		unsaid: map[string]unsaid{"ReferenceObject": {empty: true}, "DifferenceObject": {empty: true}},
		heeds:  "ReferenceObject DifferenceObject Property SyncWindow IncludeEqual ExcludeDifferent PassThru CaseSensitive",
		process: func(_ context.Context, c *powershell.Call) error {
			c.State = append(append([]any{}, gathered(c)...), value.Unroll(c.Value("DifferenceObject"))...)
			return nil
		},
		end: compareGathered,
	}
}

// comparison is the state of a running Compare-Object: the objects of both sides for
// which no equal object has been found yet.
type comparison struct {
	keys      []column
	reference []row
	different []row
}

func compareGathered(ctx context.Context, c *powershell.Call) error {
	if c.State == nil { // nothing was bound to -DifferenceObject
		return nil
	}
	keys, err := columns(value.Unroll(c.Value("Property")))
	if err != nil {
		return err
	}
	reference, err := keyed(ctx, c, keys, value.Unroll(c.Value("ReferenceObject")))
	if err != nil {
		return err
	}
	different, err := keyed(ctx, c, keys, gathered(c))
	if err != nil {
		return err
	}
	w := &comparison{keys: keys}
	for i := range max(len(reference), len(different)) {
		if err := w.pair(c, part(reference, i), part(different, i)); err != nil {
			return err
		}
	}
	if c.On("ExcludeDifferent") {
		return nil
	}
	for _, r := range w.different {
		if err := w.emit(c, r, "=>"); err != nil {
			return err
		}
	}
	for _, r := range w.reference {
		if err := w.emit(c, r, "<="); err != nil {
			return err
		}
	}
	return nil
}

// part is a list that holds the element at a position, or nothing behind the end.
func part(rows []row, i int) []row { return rows[min(i, len(rows)):min(i+1, len(rows))] }

// pair looks for equals of the next objects of both sides. It compares the two with each
// other first, then with the objects of the other side that wait. On each side no more
// objects wait than -SyncWindow allows.
func (w *comparison) pair(c *powershell.Call, left, right []row) error {
	if len(left) == 1 && len(right) == 1 && w.same(c, left[0], right[0]) {
		return w.equal(c, left[0])
	}
	for _, r := range right {
		if w.take(c, &w.reference, r) {
			if err := w.equal(c, r); err != nil {
				return err
			}
		} else if err := w.wait(c, &w.different, r, "=>"); err != nil {
			return err
		}
	}
	for _, r := range left {
		if w.take(c, &w.different, r) {
			if err := w.equal(c, r); err != nil {
				return err
			}
		} else if err := w.wait(c, &w.reference, r, "<="); err != nil {
			return err
		}
	}
	return nil
}

// wait keeps a row, because an equal may still come. When too many rows wait, the oldest
// are put out as differences.
func (w *comparison) wait(c *powershell.Call, waiting *[]row, r row, side string) error {
	*waiting = append(*waiting, r)
	for c.Has("SyncWindow") && len(*waiting) > c.Int("SyncWindow") {
		oldest := (*waiting)[0]
		*waiting = (*waiting)[1:]
		if c.On("ExcludeDifferent") {
			continue
		}
		if err := w.emit(c, oldest, side); err != nil {
			return err
		}
	}
	return nil
}

func (w *comparison) same(c *powershell.Call, a, b row) bool {
	return compareKeys(c, a.keys, b.keys, c.On("CaseSensitive")) == 0
}

// take removes an equal of the row from the rows that wait. It reports whether there
// was one.
func (w *comparison) take(c *powershell.Call, waiting *[]row, r row) bool {
	at := slices.IndexFunc(*waiting, func(have row) bool { return w.same(c, have, r) })
	if at < 0 {
		return false
	}
	*waiting = slices.Delete(*waiting, at, at+1)
	return true
}

func (w *comparison) equal(c *powershell.Call, r row) error {
	if !c.On("IncludeEqual") && !c.On("ExcludeDifferent") {
		return nil
	}
	return w.emit(c, r, "==")
}

func (w *comparison) emit(c *powershell.Call, r row, side string) error {
	if c.On("PassThru") {
		o, ok := r.item.(*value.Object)
		if !ok || o.Adapted {
			return dotnet.Refuse("Compare-Object -PassThru with a %s", value.TypeName(r.item))
		}
		return c.EmitWhole(o.Set("SideIndicator", side))
	}
	o := value.NewObject()
	for i, k := range w.keys {
		name := k.title
		if name == "" {
			name = k.name
		}
		o.Set(name, r.keys[i])
	}
	if len(w.keys) == 0 {
		o.Set("InputObject", r.item)
	}
	return c.EmitWhole(o.Set("SideIndicator", side))
}
