package utility

import (
	"context"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func sortObject() cmdlet {
	return cmdlet{name: "Sort-Object", heeds: "InputObject Property Descending Unique CaseSensitive Top Bottom Stable",
		process: gather, end: sortGathered}
}

// row is an object with the values that it is sorted, grouped or compared by.
type row struct {
	item    any
	keys    []any
	missing []bool // true for each key that the object does not have
	place   int    // position of the object in the input
}

func sortGathered(ctx context.Context, c *powershell.Call) error {
	keys, err := columns(value.Unroll(c.Value("Property")))
	if err != nil {
		return err
	}
	for i := range keys {
		if keys[i].title != "" && keys[i].compute == nil {
			return powershell.NewErrorRecord("System.NotSupportedException", "DictionaryKeyIllegal", "InvalidArgument", nil, "The key name is not valid.")
		}
		keys[i].strict = true
	}
	rows, err := keyed(ctx, c, keys, gathered(c))
	if err != nil {
		return err
	}
	heed := c.On("CaseSensitive")
	slices.SortStableFunc(rows, func(a, b row) int { return compareRows(c, keys, a, b) })
	if c.On("Unique") {
		rows = slices.CompactFunc(rows, func(a, b row) bool {
			return compareRows(c, nil, a, b) == 0 && compareKeys(c, a.keys, b.keys, heed) == 0
		})
	}
	for _, r := range portion(c, rows) {
		if err := c.EmitWhole(r.item); err != nil {
			return err
		}
	}
	return nil
}

// keyed computes the keys of objects. Without properties an object is its own key.
func keyed(ctx context.Context, c *powershell.Call, keys []column, items []any) ([]row, error) {
	rows := make([]row, len(items))
	for i, item := range items {
		rows[i] = row{item: item, keys: []any{item}, place: i}
		if len(keys) == 0 {
			continue
		}
		rows[i].keys = nil
		for _, k := range keys {
			v, found, err := k.one(ctx, c, item)
			if isRecord(err) && k.compute != nil {
				err = c.WriteError(evaluationFailed(err))
			}
			if err != nil {
				return nil, err
			}
			rows[i].keys, rows[i].missing = append(rows[i].keys, v), append(rows[i].missing, !found)
		}
	}
	return rows, nil
}

// evaluationFailed is the record of a script block that failed to compute a key.
func evaluationFailed(err error) *value.ErrorRecord {
	return powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "ExpressionEvaluation", "InvalidResult", nil, err.Error())
}

// compareRows orders two rows. A row that lacks a key comes last in both directions.
func compareRows(c *powershell.Call, keys []column, a, b row) int {
	for i := range a.keys {
		if n := compareMissing(a, b, i); n != 0 {
			return n
		}
		n := 0
		if a.place <= b.place { // in the order of the input: 10, '9' differs from '9', 10
			n = compareAny(c, a.keys[i], b.keys[i], c.On("CaseSensitive"))
		} else {
			n = -compareAny(c, b.keys[i], a.keys[i], c.On("CaseSensitive"))
		}
		if n == 0 {
			continue
		}
		down := c.On("Descending")
		if i < len(keys) && keys[i].descending != nil {
			down = *keys[i].descending
		}
		if down {
			return -n
		}
		return n
	}
	return 0
}

func compareMissing(a, b row, i int) int {
	switch {
	case a.missing == nil || a.missing[i] == b.missing[i]:
		return 0
	case a.missing[i]:
		return 1
	}
	return -1
}

// portion are the rows that -Top and -Bottom leave.
func portion(c *powershell.Call, rows []row) []row {
	if c.Has("Top") {
		rows = rows[:min(len(rows), max(0, c.Int("Top")))]
	}
	if c.Has("Bottom") {
		rows = rows[max(0, len(rows)-c.Int("Bottom")):]
	}
	return rows
}
