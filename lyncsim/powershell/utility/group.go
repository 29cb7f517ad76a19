package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func groupObject() cmdlet {
	return cmdlet{name: "Group-Object", heeds: "InputObject Property NoElement AsHashTable AsString CaseSensitive",
		process: gather, end: groupGathered}
}

// group are the objects with the same keys.
type group struct {
	keys  []any
	first row
	items []any
}

func groupGathered(ctx context.Context, c *powershell.Call) error {
	keys, err := columns(value.Unroll(c.Value("Property")))
	if err != nil {
		return err
	}
	rows, err := keyed(ctx, c, keys, gathered(c))
	if err != nil {
		return err
	}
	if c.On("AsHashTable") && c.On("CaseSensitive") {
		return dotnet.Refuse("Group-Object -AsHashTable -CaseSensitive")
	}
	if c.On("AsString") && !c.On("AsHashTable") {
		return powershell.NewErrorRecord("System.ArgumentException", "ArgumentException", "InvalidArgument", nil,
			"The AsString parameter requires the AsHashTable parameter.")
	}
	groups, err := grouped(c, rows)
	if err != nil {
		return err
	}
	if c.On("AsHashTable") {
		return emitTable(c, groups)
	}
	for _, g := range groups {
		if err := c.EmitWhole(g.info(c.On("NoElement"))); err != nil {
			return err
		}
	}
	return nil
}

// grouped puts rows with equal keys together. PowerShell 5.1 keeps the groups in the
// order of their first objects; PowerShell 7 sorts them.
func grouped(c *powershell.Call, rows []row) ([]*group, error) {
	heed := c.On("CaseSensitive")
	var groups []*group
	for _, r := range rows {
		if o, ok := r.item.(*value.Object); ok && o.IsCustom() && r.missing == nil && len(groups) > 0 {
			return nil, powershell.NewErrorRecord("System.Management.Automation.ExtendedTypeSystemException", "PSObjectCompareTo", "NotSpecified", nil,
				"Cannot compare the objects because they do not implement \"IComparable\".")
		}
		at := slices.IndexFunc(groups, func(g *group) bool { return compareKeys(c, g.keys, r.keys, heed) == 0 })
		if at < 0 {
			at, groups = len(groups), append(groups, &group{keys: r.keys, first: r})
		}
		groups[at].items = append(groups[at].items, r.item)
	}
	if c.Runspace().Edition() == powershell.Core7 {
		slices.SortStableFunc(groups, func(a, b *group) int { return compareRows(c, nil, a.first, b.first) })
	}
	return groups, nil
}

func (g *group) name() string {
	var texts []string
	for i, k := range g.keys {
		if g.first.missing == nil || !g.first.missing[i] {
			texts = append(texts, value.Text(k))
		}
	}
	return strings.Join(texts, ", ")
}

const collection = "System.Collections.ObjectModel.Collection`1[System.Management.Automation.PSObject]"

func (g *group) info(withoutItems bool) *value.Object {
	o := value.NewObject("Microsoft.PowerShell.Commands.GroupInfo")
	if withoutItems {
		o = value.NewObject("Microsoft.PowerShell.Commands.GroupInfoNoElement", "Microsoft.PowerShell.Commands.GroupInfo")
	}
	o.Set("Values", value.NewArrayList(g.keys...)).Set("Count", len(g.items))
	if !withoutItems {
		o.Set("Group", value.NewCollection(collection, g.items...))
	}
	return o.Set("Name", g.name())
}

func emitTable(c *powershell.Call, groups []*group) error {
	h := value.NewHashtable()
	for _, g := range groups {
		key := any(g.name())
		if len(g.keys) == 1 && !c.On("AsString") {
			key = g.keys[0]
		}
		if key == nil {
			return dotnet.Refuse("Group-Object -AsHashTable with a property that is $null")
		}
		h.Set(key, value.NewCollection(collection, g.items...))
	}
	return c.EmitWhole(h)
}
