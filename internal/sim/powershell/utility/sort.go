package utility

import (
	"context"
	"sort"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// gathered collects all input for the end.
type gathered struct{ items []any }

func gather() func(context.Context, *powershell.Call) error {
	return func(_ context.Context, c *powershell.Call) error {
		g, ok := c.State.(*gathered)
		if !ok {
			g = &gathered{}
			c.State = g
		}
		if item, piped := c.Input(); piped {
			g.items = append(g.items, item)
		} else if c.Has("InputObject") {
			g.items = append(g.items, value.Unroll(c.Value("InputObject"))...)
		}
		return nil
	}
}

func gatheredItems(c *powershell.Call) []any {
	if g, ok := c.State.(*gathered); ok {
		return g.items
	}
	return nil
}

func sortObject() *powershell.Command {
	return &powershell.Command{Name: "Sort-Object", Aliases: []string{"sort"}, Class: "Microsoft.PowerShell.Commands.SortObjectCommand",
		Parameters: []powershell.Parameter{piped("InputObject"), at(0, "Property", "Object[]"), named("Descending", "SwitchParameter"),
			named("Unique", "SwitchParameter"), named("CaseSensitive", "SwitchParameter"), named("Culture", "String"),
			named("Top", "Int32"), named("Bottom", "Int32"), named("Stable", "SwitchParameter")},
		Process: gather(),
		End:     func(_ context.Context, c *powershell.Call) error { return sortEnd(c) }}
}

// sortRow is an object with the values that it is sorted by.
type sortRow struct {
	item any
	keys []any
}

func sortEnd(c *powershell.Call) error {
	rows, columns, err := sortRows(c, gatheredItems(c))
	if err != nil {
		return err
	}
	sort.SliceStable(rows, func(i, j int) bool { return compareRows(c, columns, rows[i], rows[j]) < 0 })
	if c.On("Unique") {
		rows = uniqueRows(c, columns, rows)
	}
	switch {
	case c.Has("Top"):
		rows = rows[:min(len(rows), c.Int("Top"))]
	case c.Has("Bottom"):
		rows = rows[max(0, len(rows)-c.Int("Bottom")):]
	}
	for _, r := range rows {
		if err := c.EmitWhole(r.item); err != nil {
			return err
		}
	}
	return nil
}

func sortRows(c *powershell.Call, items []any) ([]sortRow, []column, error) {
	var columns []column
	for _, p := range value.Unroll(c.Value("Property")) {
		k, err := columnsOf(c, nil, p)
		if err != nil {
			return nil, nil, err
		}
		columns = append(columns, k...)
	}
	rows := make([]sortRow, 0, len(items))
	for _, item := range items {
		r := sortRow{item: item, keys: []any{item}}
		if len(columns) > 0 {
			r.keys = nil
		}
		for _, k := range columns {
			v, err := k.of(c, item)
			if err != nil {
				return nil, nil, err
			}
			r.keys = append(r.keys, v)
		}
		rows = append(rows, r)
	}
	return rows, columns, nil
}

func compareRows(c *powershell.Call, columns []column, x, y sortRow) int {
	for i := range x.keys {
		order := compareKeys(c, x.keys[i], y.keys[i])
		down := c.On("Descending")
		if i < len(columns) && columns[i].descending != nil {
			down = columns[i].descending.(bool)
		}
		if down {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

// compareKeys orders two sort keys; what cannot be compared is compared as text.
func compareKeys(c *powershell.Call, x, y any) int {
	order, err := c.Runspace().Compare(x, y, c.On("CaseSensitive"))
	if err != nil {
		return strings.Compare(strings.ToLower(value.Text(x)), strings.ToLower(value.Text(y)))
	}
	return order
}

func uniqueRows(c *powershell.Call, columns []column, rows []sortRow) []sortRow {
	kept := rows[:0]
	for i, r := range rows {
		if i == 0 || compareRows(c, columns, kept[len(kept)-1], r) != 0 {
			kept = append(kept, r)
		}
	}
	return kept
}

func groupObject() *powershell.Command {
	return &powershell.Command{Name: "Group-Object", Aliases: []string{"group"}, Class: "Microsoft.PowerShell.Commands.GroupObjectCommand",
		Parameters: []powershell.Parameter{piped("InputObject"), at(0, "Property", "Object[]"), named("NoElement", "SwitchParameter"),
			named("AsHashTable", "SwitchParameter", "AHT"), named("AsString", "SwitchParameter"), named("CaseSensitive", "SwitchParameter")},
		Process: gather(),
		End:     func(_ context.Context, c *powershell.Call) error { return groupEnd(c) }}
}

// rowGroup is the rows that have one key.
type rowGroup struct {
	name  string
	keys  []any
	items []any
}

func groupEnd(c *powershell.Call) error {
	rows, columns, err := sortRows(c, gatheredItems(c))
	if err != nil {
		return err
	}
	var groups []*rowGroup
	for _, r := range rows {
		g := groupFor(c, columns, groups, r)
		if g == nil {
			g = &rowGroup{name: strings.ReplaceAll(value.TextWith(r.keys, ", "), "\x00", ""), keys: r.keys}
			groups = append(groups, g)
		}
		g.items = append(g.items, r.item)
	}
	if c.On("AsHashTable") {
		return c.EmitWhole(groupTable(c, groups))
	}
	if c.Runspace().Edition() == powershell.Core7 {
		sort.SliceStable(groups, func(i, j int) bool { return compareKeys(c, groups[i].name, groups[j].name) < 0 })
	}
	for _, g := range groups {
		if err := c.EmitWhole(g.info(c)); err != nil {
			return err
		}
	}
	return nil
}

func groupFor(c *powershell.Call, columns []column, groups []*rowGroup, r sortRow) *rowGroup {
	for _, g := range groups {
		if compareRows(c, columns, sortRow{keys: g.keys}, r) == 0 {
			return g
		}
	}
	return nil
}

func groupTable(c *powershell.Call, groups []*rowGroup) *value.Hashtable {
	h := value.NewHashtable()
	for _, g := range groups {
		var key any = g.name
		if !c.On("AsString") && len(g.keys) == 1 {
			key = g.keys[0]
		}
		h.Set(key, append([]any{}, g.items...))
	}
	return h
}

func (g *rowGroup) info(c *powershell.Call) *value.Object {
	o := value.NewObject("Microsoft.PowerShell.Commands.GroupInfo").Set("Count", len(g.items)).Set("Name", g.name)
	members := value.NewCollection("System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSObject]", g.items...)
	if c.On("NoElement") {
		return o
	}
	o.Set("Group", members).Set("Values", value.NewArrayList(g.keys...))
	return o
}
